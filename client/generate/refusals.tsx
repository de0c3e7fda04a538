/** Messages for refusals of the API, and what the form offers after an internal error. Loaded with the first refusal. */
import type { Refusal, RefusalCode } from '../api/errors.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { shortageMessage } from './problems.ts';
import { optionLabels } from './options/model-choice.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import type { Toasts } from '../ui/toasts.tsx';

interface Facts {
  costCredits?: number | undefined;
  balanceCredits?: number | undefined;
  activeTasks: number;
  /** Whether the request starts without another press once there is room for it. */
  startsAutomatically?: boolean;
  waitSeconds?: number | undefined;
}

const texts: Readonly<Record<RefusalCode, (refusal: Refusal, facts: Facts) => string>> = {
  INSUFFICIENT_CREDITS: (_, { costCredits, balanceCredits }) =>
    shortageMessage(costCredits, balanceCredits) ?? lazyMessages.refusal.notEnough,
  DAILY_LIMIT_REACHED: () => lazyMessages.refusal.dailyLimit,
  UNAUTHENTICATED: () => messages.auth.signedOut,
  RATE_LIMITED: (_, { waitSeconds }) => messages.refusal.rateLimited(waitSeconds),
  TOO_MANY_ACTIVE_TASKS: (_, { activeTasks, startsAutomatically }) =>
    lazyMessages.refusal.tooManyActive(activeTasks, startsAutomatically ?? false),
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

export function refusalMessage(refusal: Refusal, facts: Facts): string {
  return texts[refusal.code](refusal, facts);
}

function invalidInputMessage(field = ''): string {
  const labels: Readonly<Record<string, string>> = {
    ...optionLabels,
    prompt: messages.prompt.label,
    model: messages.models.model,
    provider: messages.models.provider,
    scene: messages.form.scenes,
    referenceImages: lazyMessages.references.label,
  };
  const label = labels[field.replace(/^input\./, '').replace(/^options\./, '')];
  return label ? lazyMessages.refusal.invalid(label) : lazyMessages.refusal.invalidRequest;
}

/** Actions after an internal error: retry, and copy a report for the operator. */
export function ErrorReportActions(props: {
  errorReport: { reportId: string | undefined; tryAgain: () => void };
  toasts: Toasts;
}) {
  // The time identifies the error if it has no id.
  const happenedAt = new Date();
  const copy = () => {
    const details = lazyMessages.refusal.details(props.errorReport.reportId, happenedAt.toISOString());
    const texts = { copied: lazyMessages.refusal.copied, failed: lazyMessages.task.copyFailed(details) };
    return copyText(details, texts, props.toasts);
  };
  return (
    <p class="error-report">
      <Button kind="quiet" onClick={() => props.errorReport.tryAgain()}>
        {messages.app.tryAgain}
      </Button>
      <Button kind="quiet" onClick={() => void copy()}>
        {lazyMessages.task.copyDetails}
      </Button>
    </p>
  );
}
