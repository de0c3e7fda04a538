/**
 * Finds the user of a request's credentials. better-auth verifies credentials the first time; later requests only read the
 * session, concurrent ones in one batch, so that a thousand subscribers that reconnect do not wait for a thousand signatures.
 */
import { LRUCache } from 'lru-cache';
import { readRows } from '../database/read-rows.ts';
import { Prisma, type PrismaClient, type Session, type User } from '../generated/prisma/client.ts';
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
  role: User['role'];
  /** Read with the credentials; absent for an API key. */
  account?: Account;
}

/** What the API shows of a user itself. */
type Account = Pick<User, 'id' | 'name' | 'email' | 'credits' | 'role'>;

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
  getSession: (headers: Headers) => Promise<{ session: Pick<Session, 'token'> } | null>;
  keyHolder: (secret: string) => Promise<KeyHolder>;
}

/** The least remaining lifetime of a session that need not be extended. */
const oldestSeconds = sessionTimes.expiresIn - sessionTimes.updateAge;

/** The number of credentials with verified signatures in memory. */
const maxKnown = 10_000;
const maxKnownCharacters = 10_000_000;

export function createViewers({ prisma, log, getSession, keyHolder }: Dependencies) {
  /** Tokens by the headers that carry them; the two always belong together. A cookie may be long. */
  const tokens = new LRUCache<string, string>({
    max: maxKnown,
    maxSize: maxKnownCharacters,
    sizeCalculation: (token, credentials) => token.length + credentials.length,
  });
  /** A disabled user has none, also one that began while the user was being disabled. */
  const sessionOf = createBatchedLookup(async (wanted) => {
    const tokens = new Map(wanted.flatMap((token) => storedForms(token).map((stored) => [stored, token])));
    const sessions = await readRows<KnownSession>(
      prisma,
      Prisma.sql`
      SELECT "Session"."id", "token", "userId", "name", "email", "credits", "role",
        "expiresAt" - ${oldestSeconds}::int * interval '1 second' > now() AS "isYoung",
        coalesce("seenAt", "Session"."createdAt") > now() - interval '10 minutes' AS "isUseRecorded"
      FROM "Session" JOIN "User" ON "User"."id" = "userId"
      WHERE "token" = ANY(${[...tokens.keys()]}::text[]) AND "disabledAt" IS NULL`,
    );
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

  const viewerOfSession = async ([name, value]: [name: string, value: string]): Promise<Viewer | null> => {
    const credentials = `${name} ${value}`;
    const token = tokens.get(credentials);
    const known = token === undefined ? null : await sessionOf(token);
    if (known?.isYoung) return viewerOf(known);

    const result = await verified(JSON.stringify([[name, value]]));
    if (result?.status === 'rejected') throw result.reason;
    const session = result?.value?.session;
    const current = session ? await sessionOf(session.token) : null;
    if (!session || !current) return null;
    tokens.set(credentials, session.token);
    return viewerOf(current);
  };

  /**
   * @returns Null where there are no credentials, and where their session has ended.
   * @throws {AppError} UNAUTHENTICATED where they are not well formed, or an API key that is not valid
   */
  return (headers: Pick<Headers, 'get'>): Viewer | null | Promise<Viewer | null> => {
    const credential = credentialIn(headers);
    if (!credential) return null;
    return 'apiKey' in credential ? keyHolder(credential.apiKey) : viewerOfSession(credential.session);
  };
}

function viewerOf({ id: credentialId, userId: id, name, email, credits, role }: KnownSession): Viewer {
  return { id, credentialId, role, account: { id, name, email, credits, role } };
}

/** A session that another statement locks is left to a later request, so that nothing waits for this. */
function recordUse(prisma: PrismaClient, ids: string[]): Promise<unknown> {
  return prisma.$executeRaw`
    UPDATE "Session" SET "seenAt" = now() WHERE "id" IN (
      SELECT "id" FROM "Session"
      WHERE "id" = ANY(${ids}::text[]) AND coalesce("seenAt", "createdAt") <= now() - interval '10 minutes'
      FOR NO KEY UPDATE SKIP LOCKED)`;
}
