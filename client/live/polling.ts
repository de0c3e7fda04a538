/**
 * Polls tasks without events. The cause does not matter (a lost socket, a proxy that drops events, a stalled
 * server): each unfinished task is polled after five seconds without an event of its own; events of other
 * tasks do not count. A task past its deadline is polled once more and then given up.
 */
import type { Task } from '../api/task.ts';

export type WatchedTask = Pick<Task, 'id' | 'createdAt' | 'deadlineAt'>;

interface Watch {
  id: string;
  /** When the last event or poll was, or when the task became known. */
  lastUpdateAt: number;
  /** When the last poll is due. */
  giveUpAt: number;
  isGivenUp: boolean;
}

export const pollIntervalMs = 5_000;
/** How long after its deadline the server may take to end a task. */
const graceMs = 10_000;

export function createPolling(options: {
  /** Fetches a task into the cache. May fail; the next round polls again. */
  poll(taskId: string): Promise<unknown>;
  /** Called after the last poll of a task that still has no end. */
  onGiveUp(taskId: string): void;
  isOnline?: () => boolean;
}) {
  const { poll, onGiveUp, isOnline = () => navigator.onLine } = options;
  /** Every task ever watched: a given-up task stays so. */
  const watches = new Map<string, Watch>();
  let unfinished: readonly Watch[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPolling = false;

  const schedule = () => {
    clearTimeout(timer);
    const polled = unfinished.filter(({ isGivenUp }) => !isGivenUp);
    if (isPolling || polled.length === 0) return;
    const nextAt = Math.min(...polled.map(dueAt));
    timer = setTimeout(
      () => void pollAll(polled.filter((watch) => dueAt(watch) <= Date.now())),
      Math.max(0, nextAt - Date.now()),
    );
  };

  const pollAll = async (due: readonly Watch[]) => {
    if (isPolling) return;
    setUpdated(due);
    const last = due.filter(({ giveUpAt }) => giveUpAt <= Date.now());
    if (!isOnline()) {
      // Offline there is no response: postpone the last poll.
      for (const watch of last) watch.giveUpAt = Date.now() + pollIntervalMs;
      return schedule();
    }
    isPolling = true;
    await Promise.allSettled(due.map(({ id }) => poll(id)));
    isPolling = false;
    setUpdated(due);
    for (const watch of last) {
      watch.isGivenUp = true;
      if (unfinished.includes(watch)) onGiveUp(watch.id);
    }
    schedule();
  };

  return {
    /** Sets the unfinished tasks, all of them. */
    watch(tasks: readonly WatchedTask[]) {
      const before = unfinished;
      unfinished = tasks.map((task) => {
        const watch = watches.get(task.id) ?? newWatch(task);
        watches.set(task.id, watch);
        if (!before.includes(watch)) setUpdated([watch]);
        return watch;
      });
      schedule();
    },
    /** An event of this task came. */
    onEvent(taskId: string) {
      const watch = watches.get(taskId);
      if (!watch) return;
      setUpdated([watch]);
      if (watch.isGivenUp) Object.assign(watch, { isGivenUp: false, giveUpAt: Date.now() + graceMs });
      schedule();
    },
    /** Polls every unfinished task, those given up included, unless a poll is running. */
    pollNow: () => pollAll(unfinished),
    stop() {
      unfinished = [];
      schedule();
    },
  };
}

function newWatch({ id, createdAt, deadlineAt }: WatchedTask): Watch {
  // Counted from now, not from the server's clock: the two may differ by minutes.
  const allowedMs = Math.max(0, Date.parse(deadlineAt) - Date.parse(createdAt));
  return { id, lastUpdateAt: Date.now(), giveUpAt: Date.now() + allowedMs + graceMs, isGivenUp: false };
}

function dueAt({ lastUpdateAt, giveUpAt }: Watch): number {
  return Math.min(lastUpdateAt + pollIntervalMs, giveUpAt);
}

function setUpdated(watches: readonly Watch[]): void {
  for (const watch of watches) watch.lastUpdateAt = Date.now();
}
