import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';
import type { Refusal } from './errors.ts';

/** Why something did not load: the cause that the server names, where it names one; else `otherwise`. */
export function failureText(refusal: Refusal, otherwise: string): string {
  if (refusal.code === 'NETWORK') return words.refusal.unreachable;
  if (refusal.code === 'RATE_LIMITED') return words.refusal.rateLimited(refusal.retryAfterSeconds);
  return refusal.code === 'FORBIDDEN' && refusal.message
    ? laterWords.app.refused(refusal.message)
    : otherwise;
}
