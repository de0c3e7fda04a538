import type { Log } from './log.ts';

/** Runs the job again and again, the interval after its last end; a failure is logged and the next run tries anew. */
export function every(intervalMs: number, job: () => Promise<unknown>, log: Log): { stop(): Promise<void> } {
  let isStopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(() => {
      running = job()
        .catch((error: unknown) => log.error({ error }, 'housekeeping failed'))
        .finally(() => {
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
