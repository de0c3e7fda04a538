/**
 * Finds the user of a request's credentials. better-auth verifies credentials the first time; later requests only read the
 * session, concurrent ones in one batch, so that a thousand subscribers that reconnect do not wait for a thousand signatures.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PrismaClient, Session, User } from '../generated/prisma/client.ts';
import { createBatchedLookup } from '../lib/batched-lookup.ts';
import type { Log } from '../lib/log.ts';
import type { KeyHolder } from './api-keys/lookup.ts';
import { credentialIn } from './credentials.ts';
import { storedForms } from './session-tokens.ts';

/** The signed-in user of a request. */
export interface Viewer extends Partial<Pick<KeyHolder, 'apiKeyId' | 'scopes'>> {
  id: string;
  /** The id of the session or of the API key. */
  credentialId: string;
  /** Read with the credentials; absent where these were verified first, and for an API key. */
  account?: Account;
}

/** What the API shows of a user itself. */
type Account = Pick<User, 'id' | 'name' | 'email' | 'credits'>;

/**
 * In seconds: the lifetime of a session, the age after which a request extends it, and the age up to which it deletes the
 * account without the password.
 */
export const sessionTimes = { expiresIn: 7 * 86_400, updateAge: 86_400, freshAge: 600 };

/** `isYoung`: neither ended nor old enough to be extended; a session that ends with the browser is never young. */
type KnownSession = Pick<Session, 'id' | 'token' | 'userId'> &
  Omit<Account, 'id'> & {
    isYoung: boolean;
    isUseRecorded: boolean;
  };

interface Dependencies {
  prisma: PrismaClient;
  log: Log;
  /** better-auth's result; it extends the session where that is due. */
  getSession: (headers: Headers) => Promise<{ session: Pick<Session, 'id' | 'token' | 'userId'> } | null>;
  keyHolder: (secret: string) => Promise<KeyHolder>;
}

/** The least remaining lifetime of a session that need not be extended. */
const oldestSeconds = sessionTimes.expiresIn - sessionTimes.updateAge;

/** The number of credentials with verified signatures in memory. */
const maxKnown = 10_000;

export function createViewers({ prisma, log, getSession, keyHolder }: Dependencies) {
  /** Tokens by a digest of the headers that carry them; the two always belong together. */
  const tokens = new LRUCache<string, string>({ max: maxKnown });
  const sessionOf = createBatchedLookup(async (wanted) => {
    const tokens = new Map(wanted.flatMap((token) => storedForms(token).map((stored) => [stored, token])));
    const sessions = await prisma.$queryRaw<KnownSession[]>`
      SELECT "Session"."id", "token", "userId", "name", "email", "credits",
        "expiresAt" - ${oldestSeconds}::int * interval '1 second' > now() AS "isYoung",
        coalesce("seenAt", "Session"."createdAt") > now() - interval '10 minutes' AS "isUseRecorded"
      FROM "Session" JOIN "User" ON "User"."id" = "userId" WHERE "token" = ANY(${[...tokens.keys()]}::text[])`;
    const used = sessions.filter(({ isUseRecorded }) => !isUseRecorded).map(({ id }) => id);
    if (used.length > 0)
      recordUse(prisma, used).catch((error: unknown) => log.warn({ error }, 'use of sessions not recorded'));
    return new Map(sessions.map((session) => [tokens.get(session.token)!, session]));
  });
  const verified = createBatchedLookup(async (credentials) => {
    const verify = async (each: string) => {
      const [result] = await Promise.allSettled([getSession(new Headers(JSON.parse(each)))]);
      return [each, result] as const;
    };
    return new Map(await Promise.all(credentials.map(verify)));
  });

  /**
   * @returns Null where there are no credentials, and where their session has ended.
   * @throws {AppError} UNAUTHENTICATED where they are not well formed, or an API key that is not valid
   */
  return async (headers: Headers): Promise<Viewer | null> => {
    const credential = credentialIn(headers);
    if (!credential) return null;
    if ('apiKey' in credential) return keyHolder(credential.apiKey);
    const credentials = JSON.stringify([credential.session]);

    const digest = hash('sha256', credentials);
    const token = tokens.get(digest);
    const known = token === undefined ? null : await sessionOf(token);
    if (known?.isYoung) {
      const { id: credentialId, userId: id, name, email, credits } = known;
      return { id, credentialId, account: { id, name, email, credits } };
    }

    const result = await verified(credentials);
    if (result?.status === 'rejected') throw result.reason;
    const session = result?.value?.session;
    if (!session) return null;
    tokens.set(digest, session.token);
    return { id: session.userId, credentialId: session.id };
  };
}

/** A session that another statement locks is left to a later request, so that nothing waits for this. */
function recordUse(prisma: PrismaClient, ids: string[]): Promise<unknown> {
  return prisma.$executeRaw`
    UPDATE "Session" SET "seenAt" = now() WHERE "id" IN (
      SELECT "id" FROM "Session"
      WHERE "id" = ANY(${ids}::text[]) AND coalesce("seenAt", "createdAt") <= now() - interval '10 minutes'
      FOR NO KEY UPDATE SKIP LOCKED)`;
}
