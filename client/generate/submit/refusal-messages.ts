/** Messages for refusals of the API. Loaded with the first refusal. */
import type { Refusal, RefusalCode } from '../../api/errors.ts';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';

interface Facts {
  costCredits?: number | undefined;
  balanceCredits?: number | undefined;
  activeTasks: number;
  /** Whether the request starts without another press once there is room for it. */
  startsByItself?: boolean;
  waitSeconds?: number | undefined;
}

const texts: Readonly<Record<RefusalCode, (refusal: Refusal, facts: Facts) => string>> = {
  INSUFFICIENT_CREDITS: (_, { costCredits, balanceCredits }) =>
    costCredits !== undefined && balanceCredits !== undefined && balanceCredits < costCredits
      ? words.cost.notEnough(costCredits, balanceCredits)
      : laterWords.refusal.notEnough,
  UNAUTHENTICATED: () => words.auth.signedOut,
  RATE_LIMITED: (_, { waitSeconds }) => words.refusal.rateLimited(waitSeconds),
  TOO_MANY_ACTIVE_TASKS: (_, { activeTasks, startsByItself }) =>
    laterWords.refusal.tooManyActive(activeTasks, startsByItself ?? false),
  INVALID_INPUT: ({ field }) => invalidInputWords(field),
  UPLOAD_TOO_LARGE: () => laterWords.refusal.referenceUnusable,
  UNSUPPORTED_MEDIA_TYPE: () => laterWords.refusal.referenceUnusable,
  UNREADABLE_IMAGE: () => laterWords.refusal.referenceUnusable,
  IDEMPOTENCY_CONFLICT: () => laterWords.refusal.changed,
  FORBIDDEN: () => laterWords.refusal.forbidden,
  NOT_FOUND: () => laterWords.refusal.gone,
  QUERY_TOO_COMPLEX: () => laterWords.refusal.tooComplex,
  STORAGE_FULL: () => laterWords.refusal.storageFull,
  NETWORK: () => words.refusal.unreachable,
  INTERNAL: () => laterWords.refusal.internal,
};

/** The message for a refusal. */
export function refusalWords(refusal: Refusal, facts: Facts): string {
  return texts[refusal.code](refusal, facts);
}

function fieldLabel(field: string): string | undefined {
  const labels: Readonly<Record<string, string>> = {
    prompt: words.prompt.label,
    model: words.models.model,
    provider: words.models.provider,
    scene: words.bench.scenes,
    referenceImages: laterWords.references.label,
    'options.count': words.models.count,
    'options.aspectRatio': words.models.aspectRatio,
    'options.resolution': laterWords.models.resolution,
    'options.outputFormat': laterWords.models.outputFormat,
    'options.seed': words.models.seed,
  };
  return labels[field];
}

function invalidInputWords(field: string | undefined): string {
  const label = fieldLabel(field?.replace(/^input\./, '') ?? '');
  return label ? laterWords.refusal.invalid(label) : laterWords.refusal.invalidRequest;
}
