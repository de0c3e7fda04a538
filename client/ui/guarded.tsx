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
