import { loadErrorMessage } from '../api/load-error.ts';
import type { Refusal } from '../api/errors.ts';
import { Button } from '../ui/button.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** Why the page did not load: the server's cause if it names one. */
export function PageFailure(props: { refusal: Refusal; onRetry: () => void }) {
  return (
    <div class="page-failure" role="alert">
      <p>{loadErrorMessage(props.refusal, lazyMessages.app.notLoaded)}</p>
      <Button onClick={() => props.onRetry()}>{messages.app.tryAgain}</Button>
    </div>
  );
}
