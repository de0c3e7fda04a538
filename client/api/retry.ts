import { type Accessor, createEffect, onCleanup } from 'solid-js';

const retryMs = 15_000;

/** Retries 15 seconds after each failure. Ends with its owner. */
export function retryWhile(hasFailed: Accessor<unknown>, retry: () => void): void {
  createEffect(() => {
    if (!hasFailed()) return;
    const timer = setTimeout(retry, retryMs);
    onCleanup(() => clearTimeout(timer));
  });
}
