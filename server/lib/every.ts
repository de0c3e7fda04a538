import type { Log } from './log.ts';

/** Jobs that run one after the other, by name. */
export type Jobs = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Runs the jobs repeatedly, with the interval between the end of one run and the start of the next. A failure is logged with
 * the job's name and affects neither the jobs after it nor the next run.
 */
export function every(intervalMs: number, jobs: Jobs, log: Log): { stop(): Promise<void> } {
  let isStopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const runAll = async () => {
    for (const [job, run] of Object.entries(jobs))
      try {
        await run();
      } catch (error) {
        log.error({ error, job }, 'housekeeping failed');
      }
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = runAll().finally(() => {
        if (!isStopped) schedule();
      });
    }, intervalMs);
  };
  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
