import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Refusal } from './errors.ts';

/** Why data did not load: the server's cause if it names one, else `otherwise`. */
export function loadErrorMessage(refusal: Refusal, otherwise: string): string {
  if (refusal.code === 'NETWORK') return messages.refusal.unreachable;
  if (refusal.code === 'RATE_LIMITED') return messages.refusal.rateLimited(refusal.retryAfterSeconds);
  return refusal.code === 'FORBIDDEN' && refusal.message
    ? lazyMessages.app.refused(refusal.message)
    : otherwise;
}
