import { type Accessor, createEffect, createMemo, onCleanup } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';

/** A wait that is worth doing something else meanwhile. */
const longMs = 12_000;

/** Calls back for each time that something has been developing for long, counted from when this page knew of it. */
export function createLongWaits(options: { tasks: Accessor<readonly Task[]>; onLongWait: () => void }): void {
  const isWaiting = createMemo(() => options.tasks().some(isUnfinished));
  createEffect(() => {
    if (!isWaiting()) return;
    const timer = setTimeout(options.onLongWait, longMs);
    onCleanup(() => clearTimeout(timer));
  });
}
