/** Why a task was not accepted, as its caller reads it. */
import type { DailyLimits } from '../credits/ledger.ts';
import { AppError } from '../lib/errors.ts';
import type { AcceptanceRefusal } from './store/accept.ts';

/** What the texts say. */
interface Figures {
  costCredits: number;
  maxActiveTasks: number;
  dailyLimits: DailyLimits;
  nowMs: number;
}

/** @param outcome References that are too large are refused by `checkReferenceBytes`, which names the image. */
export function refusalOf(
  outcome: Exclude<AcceptanceRefusal, 'referencesTooLarge'>,
  figures: Figures,
): AppError {
  const { costCredits, maxActiveTasks } = figures;
  switch (outcome) {
    case 'dailyLimit':
    case 'dailyLimitTotal':
      return dailyRefusal(outcome, figures);
    case 'tooManyActive':
      return new AppError(
        'TOO_MANY_ACTIVE_TASKS',
        `${maxActiveTasks} tasks are already running. Wait for one to end.`,
      );
    // A duplicate key comes here only if it was purged twice meanwhile: otherwise the response is its task.
    case 'insufficientCredits':
    case 'duplicateKey':
      return new AppError('INSUFFICIENT_CREDITS', `This costs ${costCredits} credits and you have fewer.`);
    case 'apiKeyLimit':
      return new AppError(
        'INSUFFICIENT_CREDITS',
        `This costs ${costCredits} credits, and less is left of the limit of this API key. Use another key.`,
      );
    case 'apiKeyRevoked':
      return new AppError('UNAUTHENTICATED', 'This API key has been revoked. Create a new one.');
    case 'databaseBusy':
      return new AppError(
        'INTERNAL',
        'The database is busy, so nothing was charged. Repeat the request with the same idempotency key.',
      );
    case 'missingReference':
      return new AppError(
        'NOT_FOUND',
        'A reference image does not exist. Upload it first.',
        'referenceImages',
      );
  }
}

const dayMs = 86_400_000;

/** The time that is left to wait is that to the next UTC day; there is none where a day's limit is below the price. */
function dailyRefusal(
  outcome: 'dailyLimit' | 'dailyLimitTotal',
  { costCredits, dailyLimits: { perUser = 0, total = 0 }, nowMs }: Figures,
): AppError {
  const [limit, subject] =
    outcome === 'dailyLimit' ? [perUser, 'You'] : [total, 'All users of this installation together'];
  const text = `${subject} may spend ${limit} credits a day (UTC), and this costs ${costCredits}.`;
  if (costCredits > limit) return new AppError('DAILY_LIMIT_REACHED', text);
  const retryAfterSeconds = Math.ceil((dayMs - (nowMs % dayMs)) / 1000);
  return new AppError('DAILY_LIMIT_REACHED', `${text} It is possible again after 00:00 UTC.`, undefined, {
    retryAfterSeconds,
  });
}
