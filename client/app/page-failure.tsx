import { failureText } from '../api/load-error.ts';
import type { Refusal } from '../api/errors.ts';
import { Button } from '../ui/button.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';

/** Why the page has nothing to show, in the words of the server where it names the cause. */
export function PageFailure(props: { refusal: Refusal; onRetry: () => void }) {
  return (
    <div class="page-failure" role="alert">
      <p>{failureText(props.refusal, laterWords.app.notLoaded)}</p>
      <Button onClick={() => props.onRetry()}>{words.app.tryAgain}</Button>
    </div>
  );
}
