import type { Log } from './log.ts';
import { sleep } from './sleep.ts';

/** By name. A job that takes long ends on the signal, which aborts when the jobs are to stop. */
export type Jobs = Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>>;

/**
 * Runs the jobs one after the other, repeatedly, with the interval between the end of one run and the start of the next.
 * A failure is logged with the job's name and affects neither the jobs after it nor the next run.
 */
export function every(intervalMs: number, jobs: Jobs, log: Log) {
  const stopping = new AbortController();
  const runAll = async () => {
    for (const [job, run] of Object.entries(jobs))
      await run(stopping.signal).catch((error: unknown) => log.error({ error, job }, 'housekeeping failed'));
  };
  const running = (async () => {
    for (;;) {
      await sleep(intervalMs, stopping.signal);
      if (stopping.signal.aborted) return;
      await runAll();
    }
  })();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
