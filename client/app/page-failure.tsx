import { loadErrorMessage } from '../api/load-error.ts';
import type { Refusal } from '../api/errors.ts';
import { LoadFailure } from '../ui/load-failure.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/** Why the page did not load: the server's cause if it names one. */
export function PageFailure(props: { refusal: Refusal; onRetry: () => void }) {
  const text = () => loadErrorMessage(props.refusal, lazyMessages.app.notLoaded);
  return <LoadFailure class="page-failure" text={text()} onRetry={props.onRetry} />;
}
