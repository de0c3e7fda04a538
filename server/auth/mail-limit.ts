/** Limits the mails to one address, however many clients ask for them, and those that one account causes. */
import { hash } from 'node:crypto';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import { type Attempt, refuseAttempt } from './failed-sign-in-limit.ts';
import type { Viewer } from './viewer.ts';

/** The paths that send a mail, with the field that names its address. */
const addressFields: Readonly<Record<string, string>> = {
  '/request-password-reset': 'email',
  '/send-verification-email': 'email',
  '/change-email': 'newEmail',
  '/sign-up/email': 'email',
};

interface Dependencies {
  limiter: RateLimiter;
  viewerOf: (headers: Headers) => Viewer | null | Promise<Viewer | null>;
}

export function createMailLimit({ limiter, viewerOf }: Dependencies) {
  return {
    /**
     * Counts a request for a mail by its address, whether or not an account has it. A change of address is also counted by its
     * account: each one names another address.
     * @returns the answer, 429, where the address or the account is over its limit
     */
    async count({ path, body, headers }: Attempt): Promise<Response | undefined> {
      const field = addressFields[path];
      const email = field && (body as Record<string, unknown> | undefined)?.[field];
      if (typeof email !== 'string') return undefined;
      const { waitMs } = await limiter.take(hash('sha256', email.trim().toLowerCase()));
      if (waitMs > 0) return refuseAttempt('Too many mails to this address.', waitMs);
      const viewer = path === '/change-email' && headers ? await viewerOf(headers) : null;
      if (!viewer) return undefined;
      const usage = await limiter.take(viewer.id);
      return usage.waitMs === 0 ? undefined : refuseAttempt('Too many new addresses.', usage.waitMs);
    },
  };
}
