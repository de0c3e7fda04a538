import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import type { Reference } from './references.ts';

const slowMs = 8_000;

/** The uploads that have been under way for so long that a word about them is due. */
export function createSlowUploads(items: Accessor<readonly Reference[]>): Accessor<readonly Reference[]> {
  const [slow, setSlow] = createSignal<ReadonlySet<string>>(new Set());
  const uploading = createMemo(() => items().filter(({ state }) => state.kind === 'uploading'));
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  createEffect(() => {
    const running = new Set(uploading().map(({ id }) => id));
    for (const [id, timer] of timers)
      if (!running.has(id)) {
        clearTimeout(timer);
        timers.delete(id);
        setSlow((ids) => new Set([...ids].filter((other) => other !== id)));
      }
    for (const id of running)
      if (!timers.has(id))
        timers.set(
          id,
          setTimeout(() => setSlow((ids) => new Set([...ids, id])), slowMs),
        );
  });
  onCleanup(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  return createMemo(() => uploading().filter(({ id }) => slow().has(id)));
}
