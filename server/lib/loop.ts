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

/** Repeats the pass until `stopping` aborts; `wake` ends the current sleep. */
export function createLoop({ pass, onError, idleMs, stopping }: LoopOptions) {
  let alarm = new AbortController();
  return {
    wake: () => alarm.abort(),
    async run() {
      while (!stopping.aborted) {
        alarm = new AbortController();
        const pauseMs = await pass().catch((error: unknown) => {
          onError(error);
          return idleMs;
        });
        await sleep(pauseMs, AbortSignal.any([alarm.signal, stopping]));
      }
    },
  };
}
