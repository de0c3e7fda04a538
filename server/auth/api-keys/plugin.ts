/** better-auth's API-key plugin, as the product uses it: to create keys. Requests never reach its endpoints. */
import { apiKey } from '@better-auth/api-key';
import type { DBTransactionAdapter } from 'better-auth';
import { createSecret } from './secret.ts';

export const apiKeyPlugin = apiKey({
  customKeyGenerator: createSecret,
  startingCharactersConfig: { charactersLength: 12 },
  // The service checks names, by code points.
  maximumNameLength: 1_000,
  // Its limits write for every request.
  rateLimit: { enabled: false },
  schema: { apikey: { modelName: 'apiKey', fields: { referenceId: 'userId' } } },
});

/** All paths of the plugin: they know neither scopes nor credit limits. */
export const apiKeyPaths = Object.values(apiKeyPlugin.endpoints).flatMap(({ path }) => path ?? []);

/** The plugin deletes expired keys of all users, by the node's clock, with each new key; they stay for their users to see. */
export const keepExpiredKeys = ({ deleteMany }: DBTransactionAdapter) => ({
  deleteMany: async (query: Parameters<typeof deleteMany>[0]) =>
    query.model === 'apikey' ? 0 : deleteMany(query),
});
