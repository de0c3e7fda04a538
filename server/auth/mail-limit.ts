/** Limits the mails to one address, however many addresses ask for them. */
import { hash } from 'node:crypto';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import { type Attempt, refuseAttempt } from './failed-sign-in-limit.ts';

/** The paths that send a mail, with the field that names its address. */
const addressFields: Readonly<Record<string, string>> = {
  '/request-password-reset': 'email',
  '/send-verification-email': 'email',
  '/change-email': 'newEmail',
  '/sign-up/email': 'email',
};

/** Counts requests for a mail by its address, whether or not an account has it. */
export function createMailLimit(limiter: RateLimiter) {
  return {
    /** @returns the answer, 429, where the address is over its limit */
    async count({ path, body }: Attempt): Promise<Response | undefined> {
      const field = addressFields[path];
      const email = field && (body as Record<string, unknown> | undefined)?.[field];
      if (typeof email !== 'string') return undefined;
      const { waitMs } = await limiter.take(hash('sha256', email.trim().toLowerCase()));
      return waitMs === 0 ? undefined : refuseAttempt('Too many mails to this address.', waitMs);
    },
  };
}
