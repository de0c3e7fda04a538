/**
 * Polls tasks without events. The cause does not matter (a lost socket, a proxy that drops events, a stalled
 * server): each unfinished task is polled after five seconds without an event of its own; events of other
 * tasks do not count. A task past its deadline is polled once more and then given up.
 */
import type { Task } from '../api/task.ts';

export type WatchedTask = Pick<Task, 'id' | 'createdAt' | 'deadlineAt'>;

interface Watch {
  id: string;
  /** When the last poll is due. */
  giveUpAt: number;
  isGivenUp: boolean;
  isPolling: boolean;
  timer?: ReturnType<typeof setTimeout>;
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

  /** The next poll: after an interval from now, or when the last one is due. */
  const schedule = (watch: Watch) => {
    clearTimeout(watch.timer);
    if (watch.isGivenUp || watch.isPolling || !unfinished.includes(watch)) return;
    const delayMs = Math.min(pollIntervalMs, watch.giveUpAt - Date.now());
    watch.timer = setTimeout(() => void pollTask(watch), Math.max(0, delayMs));
  };

  const pollTask = async (watch: Watch) => {
    if (watch.isPolling) return;
    const isLast = watch.giveUpAt <= Date.now();
    if (!isOnline()) {
      // Offline there is no response: postpone the last poll.
      if (isLast) watch.giveUpAt = Date.now() + pollIntervalMs;
      return schedule(watch);
    }
    watch.isPolling = true;
    await poll(watch.id).catch(() => {});
    watch.isPolling = false;
    // The answer may have extended it.
    if (isLast && watch.giveUpAt <= Date.now()) {
      watch.isGivenUp = true;
      if (unfinished.includes(watch)) onGiveUp(watch.id);
    }
    schedule(watch);
  };

  /** Sets the unfinished tasks, all of them. */
  const watch = (tasks: readonly WatchedTask[]) => {
    const before = unfinished;
    unfinished = tasks.map((task) => {
      const known = watches.get(task.id) ?? newWatch(task);
      watches.set(task.id, known);
      return known;
    });
    for (const gone of before) if (!unfinished.includes(gone)) clearTimeout(gone.timer);
    for (const added of unfinished) if (!before.includes(added)) schedule(added);
  };

  return {
    watch,
    /** An event of this task came, or an answer that says it is unfinished. */
    onNews(taskId: string) {
      const watched = watches.get(taskId);
      if (!watched) return;
      if (watched.isGivenUp) Object.assign(watched, { isGivenUp: false, giveUpAt: Date.now() + graceMs });
      schedule(watched);
    },
    /** Polls every unfinished task, those given up included, unless it is being polled. */
    pollNow: () => Promise.all(unfinished.map(pollTask)),
    stop: () => watch([]),
  };
}

function newWatch({ id, createdAt, deadlineAt }: WatchedTask): Watch {
  // Counted from now, not from the server's clock: the two may differ by minutes.
  const allowedMs = Math.max(0, Date.parse(deadlineAt) - Date.parse(createdAt));
  return { id, giveUpAt: Date.now() + allowedMs + graceMs, isGivenUp: false, isPolling: false };
}
