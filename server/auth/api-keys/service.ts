/** Creates and revokes the API keys of a user. */
import type { PrismaClient, User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { createPerKeySemaphore } from '../../lib/per-key-limits.ts';
import { type ApiKeyScope, apiKeyScopes, permissionsOf } from './scopes.ts';

export type ApiKeyService = ReturnType<typeof createApiKeyService>;

/** Keys of one user; on several nodes at once a few more. */
export const maxApiKeys = 50;
const maxNameCharacters = 100;

interface NewApiKey {
  name: string;
  scopes: readonly ApiKeyScope[];
  expiresAt: Date | null;
  /** In credits; null where only the balance limits it. */
  creditLimit: number | null;
}

interface Dependencies {
  prisma: PrismaClient;
  clock: Clock;
  /** better-auth's plugin: stores a new key, and returns its id and its secret. */
  issue: (key: {
    userId: string;
    name: string;
    permissions: ReturnType<typeof permissionsOf>;
  }) => Promise<{ id: string; key: string }>;
}

export function createApiKeyService({ prisma, clock, issue }: Dependencies) {
  const perUser = createPerKeySemaphore(1);
  return {
    /** @returns The key's id, and its secret, which is stored nowhere. @throws {AppError} INVALID_INPUT, FORBIDDEN */
    create(
      { id: userId, role }: Pick<User, 'id' | 'role'>,
      input: NewApiKey,
    ): Promise<{ id: string; secret: string }> {
      const { name, scopes, expiresAt, creditLimit } = checked(input, clock.nowMs());
      if (scopes.includes('ADMIN') && role !== 'ADMIN')
        throw new AppError('FORBIDDEN', 'Only a user with the role ADMIN gives a key the scope ADMIN.');
      return perUser.run(userId, async () => {
        if ((await prisma.apiKey.count({ where: { userId } })) >= maxApiKeys)
          throw new AppError('INVALID_INPUT', `You have ${maxApiKeys} API keys. Revoke one first.`);
        const { id, key: secret } = await issue({ userId, name, permissions: permissionsOf(scopes) });
        // The plugin knows no limit, and no exact instant. Until both are stored, the secret is not given out.
        await prisma.apiKey.update({ where: { id }, data: { expiresAt, creditLimit } });
        return { id, secret };
      });
    },

    /** Ends the key, and within 5 s its subscriptions; its tasks go on. @throws {AppError} NOT_FOUND */
    async revoke(userId: string, id: string): Promise<void> {
      const { count } = await prisma.apiKey.deleteMany({ where: { id, userId } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such API key.', 'id');
    },
  };
}

/** @throws {AppError} INVALID_INPUT */
function checked(input: NewApiKey, nowMs: number): NewApiKey {
  const name = input.name.trim();
  const { length } = [...name];
  if (length < 1 || length > maxNameCharacters)
    throw invalid('name', `A name has 1 to ${maxNameCharacters} characters.`);
  if (name.includes('\0') || !name.isWellFormed())
    throw invalid('name', 'The name holds a character that cannot be stored. Remove it.');
  if (input.expiresAt && input.expiresAt.getTime() <= nowMs)
    throw invalid('expiresAt', 'This instant has passed. Choose a later one, or leave it out.');
  if (input.creditLimit !== null && input.creditLimit < 0)
    throw invalid('creditLimit', 'A limit is 0 credits or more. Leave it out for none.');
  const scopes = apiKeyScopes.filter((scope) => input.scopes.includes(scope));
  if (scopes.length === 0)
    throw invalid('scopes', `Choose at least one scope: ${apiKeyScopes.join(' or ')}.`);
  return { ...input, name, scopes };
}

function invalid(field: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, field);
}
