/** Settles tasks whose deadline has passed, leased or not. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskStore } from '../store/store.ts';
import { refundOf } from '../task.ts';

interface Dependencies {
  store: Pick<TaskStore, 'settle' | 'overdue'>;
  events: Pick<TaskEvents, 'publish'>;
  /** Names of the providers that this node has. */
  providers: readonly string[];
  /** Called with the id of each task that was settled. */
  onSettle: (taskId: string) => void;
  log: Log;
  stopping: AbortSignal;
}

const batch = 100;
const settlesAtOnce = 4;
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/** @returns a pass over the overdue tasks, which resolves with whether more may be overdue */
export function createOverduePass(dependencies: Dependencies): () => Promise<boolean> {
  const { store, events, providers, onSettle, log, stopping } = dependencies;
  // Overdue tasks that could not be settled, and when to try again.
  const failed = new Map<string, { tries: number; againAtMs: number }>();

  async function settle(task: Task): Promise<void> {
    // No node that has the provider has begun the task or settled it in time.
    const hasNoProvider = task.attempt === 0 && !providers.includes(task.provider);
    const failureCode = hasNoProvider ? 'MODEL_NOT_FOUND' : 'TIMEOUT';
    const settled = await store.settle(task, {
      status: 'FAILED',
      failureCode,
      refundCredits: refundOf(task, 0),
      cancelUpstream: true,
    });
    if (!settled) return;
    log.info({ taskId: task.id, code: failureCode }, 'task ended at its deadline');
    events.publish(settled);
    onSettle(task.id);
  }

  /** A task that cannot be settled is retried with growing pauses, without delaying the others. */
  async function trySettle(task: Task): Promise<void> {
    if (stopping.aborted) return;
    try {
      await settle(task);
      failed.delete(task.id);
    } catch (error) {
      const tries = (failed.get(task.id)?.tries ?? 0) + 1;
      const waitMs = Math.min(firstRetryMs * 2 ** (tries - 1), longestRetryMs);
      failed.set(task.id, { tries, againAtMs: performance.now() + waitMs });
      log.error({ taskId: task.id, tries, error }, 'overdue task could not be ended');
    }
  }

  return async () => {
    const nowMs = performance.now();
    const except = [...failed].flatMap(([id, { againAtMs }]) => (againAtMs > nowMs ? [id] : []));
    const overdue = await store.overdue({ limit: batch, providers, except });
    const places = createSemaphore(settlesAtOnce);
    await Promise.all(overdue.map((task) => places.run(() => trySettle(task))));
    if (overdue.length === 0 && except.length === 0) failed.clear(); // Other nodes may have settled them.
    return overdue.length === batch;
  };
}
