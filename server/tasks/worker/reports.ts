/** Handles webhooks of providers, under the lease of their task. */
import type { JsonValue } from '../../lib/json.ts';
import { sleep } from '../../lib/sleep.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskLoader } from '../store/loader.ts';
import type { TaskQueue } from '../store/queue.ts';
import { isFinal } from '../task.ts';
import type { Lease } from './lease.ts';
import type { RunningAttempts } from './running.ts';

interface Dependencies {
  store: Pick<TaskLoader & TaskQueue, 'find' | 'claimOne'>;
  running: Pick<RunningAttempts, 'begin' | 'ended'>;
  attempts: {
    handleReport(lease: Lease, report: ProviderReport): Promise<void>;
    cancelOrphan(providerName: string, operation: JsonValue): Promise<void>;
  };
  node: string;
  leaseMs: number;
  stopping: AbortSignal;
}

/** How often, and how long apart, a report tries to claim its task while another node holds the lease. */
const maxTries = 20;
const pauseMs = 100;

export function createReportHandler(dependencies: Dependencies) {
  const { store, running, attempts, node, leaseMs, stopping } = dependencies;
  /** The last report of each task that is being handled. */
  const latest = new Map<string, Promise<void>>();

  async function handle(report: ProviderReport): Promise<void> {
    const { taskId, attempt, state } = report;
    for (let tries = 0; tries < maxTries && !stopping.aborted; tries += 1) {
      // A running attempt may be about to write the answer that names this work.
      await running.ended(taskId);
      const claimed = await store.claimOne({ id: taskId, attempt }, node, leaseMs);
      if (claimed) return running.begin(claimed, (lease) => attempts.handleReport(lease, report));
      const task = await store.find(taskId);
      const isWanted = task !== null && !isFinal(task) && task.attempt === attempt;
      if (!isWanted) {
        if (task && state.status === 'running') await attempts.cancelOrphan(task.provider, state.operation);
        return;
      }
      await sleep(pauseMs, stopping);
    }
  }

  return async (report: ProviderReport): Promise<void> => {
    // Reports of one task are handled in order: each would find the lease of the one before in its way.
    const { taskId } = report;
    const done = Promise.resolve(latest.get(taskId))
      .catch(() => {}) // Its own caller gets the error.
      .then(() => handle(report))
      .finally(() => {
        if (latest.get(taskId) === done) latest.delete(taskId);
      });
    latest.set(taskId, done);
    return done;
  };
}
