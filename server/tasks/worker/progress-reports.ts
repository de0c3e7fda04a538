/** Recognizes reports of progress without news, so that they need no statement. */
import type { Clock } from '../../lib/clock.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskSnapshot } from '../store/snapshot.ts';
import { isFinal } from '../task.ts';
import { hasNews, runningChange } from './changes.ts';

interface Dependencies {
  events: Pick<TaskEvents, 'publish'>;
  clock: Clock;
}

/** Tasks that are remembered, the latest published. */
const maxRemembered = 2_000;

/** Remembers the submitted tasks that this node has written. */
export function createProgressReports({ events, clock }: Dependencies) {
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

    /** Whether the report says nothing beyond what this node has written of the task. */
    isKnown({ taskId, attempt, state }: ProviderReport): boolean {
      const task = remembered.get(taskId);
      if (!task || state.status !== 'running') return false;
      if (task.attempt !== attempt || task.externalId !== state.externalId) return false;
      // Facts only add up, so a report without news has none beside a newer state either.
      return !hasNews(task, runningChange(task, state, clock.nowMs()));
    },
  };
}
