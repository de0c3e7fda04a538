import { sleep } from './sleep.ts';

interface LoopOptions {
  /** Resolves with the milliseconds to sleep before the next pass. */
  pass: () => Promise<number>;
  onError: (error: unknown) => void;
  /** The sleep after a failed pass. */
  idleMs: number;
  /** Ends the loop after the current pass. */
  stopping: AbortSignal;
}

/** Repeats the pass until `stopping` aborts. */
export function createLoop({ pass, onError, idleMs, stopping }: LoopOptions) {
  let alarm = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // When the next pass begins, by the monotonic clock.
  let nextAtMs = Infinity;

  /** Begins the next pass within that time: earlier than planned, never later. */
  function wakeWithin(delayMs: number): void {
    const atMs = performance.now() + delayMs;
    if (atMs >= nextAtMs || stopping.aborted) return;
    nextAtMs = atMs;
    clearTimeout(timer);
    const current = alarm;
    // Timers of Node may fire up to 2 ms early.
    timer = setTimeout(() => current.abort(), Math.ceil(delayMs) + 1);
  }

  return {
    wakeWithin,
    /** Ends the current sleep. */
    wake: () => alarm.abort(),
    async run() {
      while (!stopping.aborted) {
        alarm = new AbortController();
        nextAtMs = Infinity;
        const pauseMs = await pass().catch((error: unknown) => {
          onError(error);
          return idleMs;
        });
        nextAtMs = Math.min(nextAtMs, performance.now() + pauseMs);
        await sleep(pauseMs, AbortSignal.any([alarm.signal, stopping]));
        clearTimeout(timer);
      }
    },
  };
}
