/** Slows the guessing of one account's password, from however many addresses it comes. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { addressHeader } from '../lib/client-address.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';

/** Addresses from which an account was signed in to, over all accounts. */
const maxKnown = 10_000;

/** A request to better-auth. */
export interface Attempt {
  path: string;
  body?: unknown;
  headers?: Headers | undefined;
}

/**
 * Counts failed sign-ins by account. An address from which the account was signed in to before is not held to the limit:
 * guesses of others do not lock the owner out.
 */
export function createFailedSignInLimit(limiter: RateLimiter) {
  const known = new LRUCache<string, true>({ max: maxKnown });
  const originOf = ({ path, body, headers }: Attempt) => {
    const email = path === '/sign-in/email' ? (body as { email?: unknown } | undefined)?.email : undefined;
    if (typeof email !== 'string') return undefined;
    const account = hash('sha256', email.trim().toLowerCase());
    return { account, origin: `${account} ${headers?.get(addressHeader) ?? ''}` };
  };
  return {
    /** Before the password is looked at. @returns the answer, 429, where the account is over its limit */
    async count(attempt: Attempt): Promise<Response | undefined> {
      const from = originOf(attempt);
      if (!from || known.has(from.origin)) return undefined;
      const { waitMs } = await limiter.take(from.account);
      if (waitMs === 0) return undefined;
      return refuseAttempt('Too many tries for this account.', waitMs);
    },

    /** After it was: a right one does not count, and makes the address known. */
    async learn(attempt: Attempt, isSignedIn: boolean): Promise<void> {
      const from = originOf(attempt);
      if (!from || !isSignedIn) return;
      if (!known.has(from.origin)) limiter.giveBack(from.account);
      known.set(from.origin, true);
    },
  };
}

/** The answer to an attempt over its limit: 429. */
export function refuseAttempt(reason: string, waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1000);
  return Response.json(
    { code: 'RATE_LIMITED', message: `${reason} Try again in ${seconds} s.` },
    { status: 429, headers: { 'Retry-After': String(seconds) } },
  );
}
