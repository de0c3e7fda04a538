/** What is shown in place of a part of the page, or of its data, that did not load. */
import { ErrorBoundary, type JSX, Suspense } from 'solid-js';
import { Button } from './button.tsx';
import { messages } from '../i18n/messages.ts';

/**
 * A part of the page that may fail without the rest, or is lazy. If its code does not load, a newer version has
 * usually replaced it: offer a reload.
 */
export function Guarded(props: { children: JSX.Element }) {
  return (
    <ErrorBoundary
      fallback={
        <p class="guarded-failed" role="alert">
          {messages.app.partFailed} <Button onClick={() => location.reload()}>{messages.app.reload}</Button>
        </p>
      }
    >
      <Suspense>{props.children}</Suspense>
    </ErrorBoundary>
  );
}

/** In place of data that did not load, with a retry. */
export function LoadFailure(props: { class: string; text: string; onRetry: () => void }) {
  return (
    <div class={props.class} role="alert">
      <p>{props.text}</p>
      <Button onClick={() => props.onRetry()}>{messages.app.tryAgain}</Button>
    </div>
  );
}
