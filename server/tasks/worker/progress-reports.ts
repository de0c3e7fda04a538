/** Writes what a provider reports of a task that continues, in one statement and without a lease. */
import type { Clock } from '../../lib/clock.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskSnapshot } from '../store/snapshot.ts';
import type { TaskStore } from '../store/store.ts';
import { isFinal, silenceMs } from '../task.ts';
import { hasNews, runningChange } from './changes.ts';

interface Dependencies {
  store: Pick<TaskStore, 'change'>;
  events: Pick<TaskEvents, 'publish'>;
  clock: Clock;
}

/** Tasks that are remembered, the latest published. A report on another one takes the lease of its task. */
const maxRemembered = 2_000;

/** Remembers the submitted tasks that this node has written, so that a report on one needs no reading. */
export function createProgressReports({ store, events, clock }: Dependencies) {
  const remembered = new Map<string, TaskSnapshot>();

  function remember(task: TaskSnapshot): void {
    remembered.delete(task.id);
    if (isFinal(task) || task.leaseOwner !== null || task.externalId === null) return;
    remembered.set(task.id, { ...task, providerAnswer: null });
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size > maxRemembered) remembered.delete(oldest);
  }

  function publish(task: TaskSnapshot): void {
    remember(task);
    events.publish(task);
  }

  return {
    /** The events, for the writes of the worker: what they publish is remembered. */
    events: { publish },

    /**
     * Writes the progress where it says something new, under the version that was remembered.
     * @returns false where the task is not known well enough: the report is then handled under a lease
     */
    async write({ taskId, attempt, state }: ProviderReport): Promise<boolean> {
      const task = remembered.get(taskId);
      if (!task || state.status !== 'running') return false;
      if (task.attempt !== attempt || task.externalId !== state.externalId) return false;
      const nowMs = clock.nowMs();
      const change = runningChange(task, state, nowMs);
      // Facts only add up, so a report without news has none beside a newer state either.
      if (!hasNews(task, change)) return true;
      const changed = await store.change(task, { ...change, dueAt: new Date(nowMs + silenceMs) });
      if (changed) publish({ ...changed, images: [], referenceImages: task.referenceImages });
      else remembered.delete(taskId);
      return changed !== null;
    },
  };
}
