/**
 * Whose credentials a request carries. better-auth judges them when they come for the first time; from then on only the
 * session is read, each time, for all who ask at the same time at once: a thousand subscribers that come back do not wait
 * for a thousand signatures.
 */
import { hash } from 'node:crypto';
import type { PrismaClient, Session } from '../generated/prisma/client.ts';
import { createBatchedLookup } from '../lib/batched-lookup.ts';
import { storedForms } from './session-tokens.ts';

/** The signed-in user of a request. */
export interface Viewer {
  id: string;
  sessionId: string;
}

/** In seconds: how long a session lasts, and after what age a request makes it last so long again. */
export const sessionTimes = { expiresIn: 7 * 86_400, updateAge: 86_400 };

/** `isYoung`: neither ended nor old enough to be prolonged; one that ends with the browser never is young. */
type KnownSession = Pick<Session, 'id' | 'token' | 'userId'> & { isYoung: boolean };

interface Dependencies {
  prisma: PrismaClient;
  /** better-auth's answer; it prolongs the session where that is due. */
  getSession: (headers: Headers) => Promise<{ session: Pick<Session, 'id' | 'token' | 'userId'> } | null>;
}

/** What a session lasts at least that need not be prolonged. */
const oldestSeconds = sessionTimes.expiresIn - sessionTimes.updateAge;

/** Credentials whose signatures are known to be right. */
const maxKnown = 10_000;

export function createViewers({ prisma, getSession }: Dependencies) {
  /** Tokens by a digest of the headers that carry them: what never changes. */
  const tokens = new Map<string, string>();
  const sessionOf = createBatchedLookup(async (wanted) => {
    const tokens = new Map(wanted.flatMap((token) => storedForms(token).map((stored) => [stored, token])));
    const sessions = await prisma.$queryRaw<KnownSession[]>`
      SELECT "id", "token", "userId", "expiresAt" - ${oldestSeconds}::int * interval '1 second' > now() AS "isYoung"
      FROM "Session" WHERE "token" = ANY(${[...tokens.keys()]}::text[])`;
    return new Map(sessions.map((session) => [tokens.get(session.token)!, session]));
  });
  const judged = createBatchedLookup(async (credentials) => {
    const judge = async (each: string) => {
      const [result] = await Promise.allSettled([getSession(new Headers(JSON.parse(each)))]);
      return [each, result] as const;
    };
    return new Map(await Promise.all(credentials.map(judge)));
  });

  /** @returns Null where there are no credentials, and where their session has ended. */
  return async (headers: Headers): Promise<Viewer | null> => {
    const carried = [...headers].filter(([name]) => name === 'cookie' || name === 'authorization');
    if (carried.length === 0) return null;
    const credentials = JSON.stringify(carried);

    const digest = hash('sha256', credentials);
    const token = tokens.get(digest);
    const known = token === undefined ? null : await sessionOf(token);
    if (known?.isYoung) return { id: known.userId, sessionId: known.id };

    const verdict = await judged(credentials);
    if (verdict?.status === 'rejected') throw verdict.reason;
    const session = verdict?.value?.session;
    if (!session) return null;
    tokens.set(digest, session.token);
    const [oldest] = tokens.keys();
    if (oldest !== undefined && tokens.size > maxKnown) tokens.delete(oldest);
    return { id: session.userId, sessionId: session.id };
  };
}
