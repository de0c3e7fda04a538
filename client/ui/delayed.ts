import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';

/** True once `source` has been true for so long: what is over in a moment is not worth a sign. */
export function createDelayed(source: Accessor<boolean>, delayMs: number): Accessor<boolean> {
  const [isDue, setDue] = createSignal(false);
  createEffect(() => {
    if (!source()) return setDue(false);
    const timer = setTimeout(() => setDue(true), delayMs);
    onCleanup(() => clearTimeout(timer));
  });
  return isDue;
}
