import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { ErrorReport } from './submission.ts';

/** Actions after an internal error: retry, and copy a report for the operator. */
export function ErrorReportActions(props: { errorReport: ErrorReport; toasts: Toasts }) {
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
