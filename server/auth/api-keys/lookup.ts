/** Finds the user of an API key: concurrent requests in one statement, and without a write per request. */
import type { ApiKey, PrismaClient, User } from '../../generated/prisma/client.ts';
import { createBatchedLookup } from '../../lib/batched-lookup.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type ApiKeyScope, scopesOf } from './scopes.ts';
import { digestOf, isSecret } from './secret.ts';

/** The user of an API key, and what the key may do. */
export interface KeyHolder {
  id: string;
  apiKeyId: string;
  credentialId: string;
  scopes: readonly ApiKeyScope[];
  role: User['role'];
}

type KnownKey = Pick<ApiKey, 'id' | 'key' | 'userId' | 'permissions'> &
  Pick<User, 'role'> & { isUseRecorded: boolean };

/** @returns The user of a secret. @throws {AppError} UNAUTHENTICATED where it is malformed, unknown, revoked, expired or a disabled user's */
export function createKeyLookup({ prisma, log }: { prisma: PrismaClient; log: Log }) {
  const keyOf = createBatchedLookup(async (digests) => {
    const keys = await prisma.$queryRaw<KnownKey[]>`
      SELECT "ApiKey"."id", "key", "userId", "permissions", "role",
        coalesce("lastRequest" > now() - interval '1 minute', false) AS "isUseRecorded"
      FROM "ApiKey" JOIN "User" ON "User"."id" = "userId" AND "disabledAt" IS NULL
      WHERE "key" = ANY(${digests}::text[]) AND "enabled" AND coalesce("expiresAt" > now(), true)`;
    const used = keys.filter(({ isUseRecorded }) => !isUseRecorded).map(({ id }) => id);
    if (used.length > 0)
      recordUse(prisma, used).catch((error: unknown) => log.warn({ error }, 'use of API keys not recorded'));
    return new Map(keys.map((key) => [key.key, key]));
  });

  return async (secret: string): Promise<KeyHolder> => {
    const key = isSecret(secret) ? await keyOf(digestOf(secret)) : null;
    if (!key)
      throw new AppError(
        'UNAUTHENTICATED',
        'This API key is mistyped, revoked or expired. Check it, or create a new one.',
      );
    const { id, userId, permissions, role } = key;
    return { id: userId, apiKeyId: id, credentialId: id, scopes: scopesOf(permissions), role };
  };
}

/** A key that another statement locks is left to a later request, so that nothing waits for this or deadlocks with it. */
function recordUse(prisma: PrismaClient, ids: string[]): Promise<unknown> {
  return prisma.$executeRaw`
    UPDATE "ApiKey" SET "lastRequest" = now() WHERE "id" IN (
      SELECT "id" FROM "ApiKey"
      WHERE "id" = ANY(${ids}::text[]) AND coalesce("lastRequest" <= now() - interval '1 minute', true)
      FOR NO KEY UPDATE SKIP LOCKED)`;
}
