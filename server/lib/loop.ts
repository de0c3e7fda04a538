import { sleep } from './sleep.ts';

interface LoopOptions {
  /** Resolves with the milliseconds to sleep before the next step. */
  step: () => Promise<number>;
  onError: (error: unknown) => void;
  /** The sleep after a failed step. */
  idleMs: number;
  /** Ends the loop after the current step. */
  stopping: AbortSignal;
}

/** Repeats the step until `stopping` aborts; `wake` ends the current sleep. */
export function createLoop({ step, onError, idleMs, stopping }: LoopOptions) {
  let alarm = new AbortController();
  return {
    wake: () => alarm.abort(),
    async run() {
      while (!stopping.aborted) {
        alarm = new AbortController();
        const pauseMs = await step().catch((error: unknown) => {
          onError(error);
          return idleMs;
        });
        await sleep(pauseMs, AbortSignal.any([alarm.signal, stopping]));
      }
    },
  };
}
