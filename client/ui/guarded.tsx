import { ErrorBoundary, type JSX, Suspense } from 'solid-js';
import { Button } from './button.tsx';
import { messages } from '../i18n/messages.ts';

/**
 * A part of the page that may break without taking the rest along, or whose code comes later. Where code does not come,
 * a newer version has usually replaced it: a reload helps.
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
