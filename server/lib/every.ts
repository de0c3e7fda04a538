import type { Log } from './log.ts';

/** What is done one after the other, by name. */
export type Jobs = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Runs the jobs again and again, the interval after their last end. A failure is logged with the job's name: it keeps
 * neither the jobs after it nor the next run from their turn.
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
