/** Messages for refusals of the API. Loaded with the first refusal. */
import type { Refusal, RefusalCode } from '../api/errors.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { optionLabels } from './options/option-labels.ts';

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
      ? messages.cost.notEnough(costCredits, balanceCredits)
      : lazyMessages.refusal.notEnough,
  UNAUTHENTICATED: () => messages.auth.signedOut,
  RATE_LIMITED: (_, { waitSeconds }) => messages.refusal.rateLimited(waitSeconds),
  TOO_MANY_ACTIVE_TASKS: (_, { activeTasks, startsByItself }) =>
    lazyMessages.refusal.tooManyActive(activeTasks, startsByItself ?? false),
  INVALID_INPUT: ({ field }) => invalidInputMessage(field),
  UPLOAD_TOO_LARGE: () => lazyMessages.refusal.referenceUnusable,
  UNSUPPORTED_MEDIA_TYPE: () => lazyMessages.refusal.referenceUnusable,
  UNREADABLE_IMAGE: () => lazyMessages.refusal.referenceUnusable,
  IDEMPOTENCY_CONFLICT: () => lazyMessages.refusal.changed,
  FORBIDDEN: () => lazyMessages.refusal.forbidden,
  NOT_FOUND: () => lazyMessages.refusal.gone,
  QUERY_TOO_COMPLEX: () => lazyMessages.refusal.tooComplex,
  STORAGE_FULL: () => lazyMessages.refusal.storageFull,
  NETWORK: () => messages.refusal.unreachable,
  INTERNAL: () => lazyMessages.refusal.internal,
};

/** The message for a refusal. */
export function refusalMessage(refusal: Refusal, facts: Facts): string {
  return texts[refusal.code](refusal, facts);
}

function fieldLabel(field: string): string | undefined {
  const labels: Readonly<Record<string, string>> = {
    prompt: messages.prompt.label,
    model: messages.models.model,
    provider: messages.models.provider,
    scene: messages.form.scenes,
    referenceImages: lazyMessages.references.label,
  };
  const options: Readonly<Record<string, string>> = optionLabels;
  return labels[field] ?? options[field.replace(/^options\./, '')];
}

function invalidInputMessage(field: string | undefined): string {
  const label = fieldLabel(field?.replace(/^input\./, '') ?? '');
  return label ? lazyMessages.refusal.invalid(label) : lazyMessages.refusal.invalidRequest;
}
