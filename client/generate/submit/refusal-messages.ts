/** Why the server said no, in words. Loaded with the first refusal. */
import type { Refusal } from '../../api/errors.ts';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';

/** What a person is told of a refusal. */
export function refusalWords(
  refusal: Refusal,
  facts: {
    costCredits?: number | undefined;
    balanceCredits?: number | undefined;
    activeTasks: number;
    /** Whether it goes by itself when there is room for it. */
    startsByItself?: boolean;
    waitSeconds?: number | undefined;
  },
): string {
  const { costCredits, balanceCredits } = facts;
  switch (refusal.code) {
    case 'INSUFFICIENT_CREDITS':
      return costCredits !== undefined && balanceCredits !== undefined && balanceCredits < costCredits
        ? words.cost.notEnough(costCredits, balanceCredits)
        : laterWords.refusal.notEnough;
    case 'UNAUTHENTICATED':
      return words.auth.signedOut;
    case 'RATE_LIMITED':
      return words.refusal.rateLimited(facts.waitSeconds);
    case 'TOO_MANY_ACTIVE_TASKS':
      return laterWords.refusal.tooManyActive(facts.activeTasks, facts.startsByItself ?? false);
    case 'INVALID_INPUT':
      return invalidInputWords(refusal.field);
    case 'UPLOAD_TOO_LARGE':
    case 'UNSUPPORTED_MEDIA_TYPE':
    case 'UNREADABLE_IMAGE':
      return laterWords.refusal.referenceUnusable;
    case 'IDEMPOTENCY_CONFLICT':
      return laterWords.refusal.changed;
    case 'FORBIDDEN':
      return laterWords.refusal.forbidden;
    case 'NOT_FOUND':
      return laterWords.refusal.gone;
    case 'QUERY_TOO_COMPLEX':
      return laterWords.refusal.tooComplex;
    case 'STORAGE_FULL':
      return laterWords.refusal.storageFull;
    case 'NETWORK':
      return words.refusal.unreachable;
    default:
      return laterWords.refusal.internal;
  }
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
