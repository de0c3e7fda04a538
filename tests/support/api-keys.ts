/** What the tests of API keys share. */
import type { Caller } from './api.ts';

interface NewKey {
  secret: string;
  apiKey: { id: string; prefix: string; scopes: string[]; creditLimit: number | null };
}

/** A new key of the caller, whose scopes are READ and WRITE unless `input` says otherwise. */
export async function createKey(caller: Caller, input: object = {}): Promise<NewKey> {
  const { createApiKey } = await caller.ask<{ createApiKey: NewKey }>(
    `mutation ($input: CreateApiKeyInput!) {
      createApiKey(input: $input) { secret apiKey { id prefix scopes creditLimit expiresAt creditsSpent lastUsedAt } }
    }`,
    { input: { name: 'Test', ...input } },
  );
  return createApiKey;
}

export const revoke = (caller: Caller, id: string) =>
  caller.post('mutation ($id: ID!) { revokeApiKey(id: $id) { revokedId } }', { id });

/** The caller's keys; a session's only. */
export const keysOf = async (caller: Caller) =>
  (
    await caller.ask<{
      viewer: { apiKeys: { id: string; name: string; creditsSpent: number; lastUsedAt: string | null }[] };
    }>('{ viewer { apiKeys { id name creditsSpent lastUsedAt } } }')
  ).viewer.apiKeys;
