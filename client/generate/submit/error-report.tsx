import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/clipboard.ts';
import type { Toasts } from '../../ui/toasts.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';
import type { Breakdown } from './submission.ts';

/** What helps where the server broke: once more, and something to quote to those who mend it. */
export function BreakdownActions(props: { breakdown: Breakdown; toasts: Toasts }) {
  // When it happened: how those who mend it find it where it has no number.
  const happenedAt = new Date();
  const copy = () => {
    const details = laterWords.refusal.details(props.breakdown.reportId, happenedAt.toISOString());
    const told = { copied: laterWords.refusal.copied, failed: laterWords.strip.copyFailed(details) };
    return copyText(details, told, props.toasts);
  };
  return (
    <p class="breakdown-actions">
      <Button kind="quiet" onClick={() => props.breakdown.tryAgain()}>
        {words.app.tryAgain}
      </Button>
      <Button kind="quiet" onClick={() => void copy()}>
        {laterWords.strip.copyDetails}
      </Button>
    </p>
  );
}
