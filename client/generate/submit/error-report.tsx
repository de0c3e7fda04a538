import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/clipboard.ts';
import type { Toasts } from '../../ui/toasts.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import type { ErrorReport } from './submission.ts';

/** What helps where the server broke: once more, and something to quote to those who mend it. */
export function ErrorReportActions(props: { errorReport: ErrorReport; toasts: Toasts }) {
  // When it happened: how those who mend it find it where it has no number.
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
