/**
 * Polls tasks without events. The cause does not matter (a lost socket, a proxy that drops events, a stalled
 * server): each unfinished task is polled after five seconds without an event of its own; events of other
 * tasks do not count. A task past its deadline is polled once more and then given up.
 */
export interface WatchedTask {
  id: string;
  createdAt: string;
  deadlineAt: string;
}

interface Polling {
  /** The unfinished tasks, all of them. */
  watch(tasks: readonly WatchedTask[]): void;
  /** An event came; of this task, if given. */
  onEvent(taskId?: string): void;
  /** Polls every unfinished task at once, those given up included. */
  pollNow(): Promise<void>;
  stop(): void;
}

interface PollingOptions {
  /** Fetches a task into the cache. May fail; the next round polls again. */
  poll(taskId: string): Promise<unknown>;
  /** Called after the last poll of a task that still has no end. */
  onGiveUp(taskId: string): void;
  isOnline?: () => boolean;
  now?: () => number;
  intervalMs?: number;
  /** How long after its deadline the server may take to end a task. */
  graceMs?: number;
}

export function createPolling({
  poll,
  onGiveUp,
  isOnline = () => navigator.onLine,
  now = Date.now,
  intervalMs = 5_000,
  graceMs = 10_000,
}: PollingOptions): Polling {
  /** Unfinished tasks that are still polled, and when to stop. */
  let watched = new Map<string, number>();
  /** When to stop, for each task ever watched: a given-up task stays so. */
  const stopAt = new Map<string, number>();
  const givenUp = new Set<string>();
  let unfinished: readonly string[] = [];
  /** The time of the last event of each unfinished task, or of its arrival. */
  let lastEventAt = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPolling = false;

  const dueAtOf = (id: string): number =>
    Math.min((lastEventAt.get(id) ?? 0) + intervalMs, watched.get(id) ?? Number.POSITIVE_INFINITY);
  const noteEvent = (ids: readonly string[]) => {
    for (const id of ids) lastEventAt.set(id, now());
  };

  const arm = () => {
    clearTimeout(timer);
    if (isPolling || watched.size === 0) return;
    const dueAt = Math.min(...[...watched.keys()].map(dueAtOf));
    const pollDue = () => void pollNow([...watched.keys()].filter((id) => dueAtOf(id) <= now()));
    timer = setTimeout(pollDue, Math.max(0, dueAt - now()));
  };

  const sort = () => {
    watched = new Map(
      unfinished
        .filter((id) => !givenUp.has(id))
        .map((id) => [id, stopAt.get(id) ?? Number.POSITIVE_INFINITY]),
    );
    arm();
  };

  const pollNow = async (ids: readonly string[]) => {
    if (isPolling) return;
    noteEvent(ids);
    if (!isOnline()) return postpone();
    isPolling = true;
    const last = ids.filter((id) => (stopAt.get(id) ?? 0) <= now());
    await Promise.allSettled(ids.map((id) => poll(id)));
    isPolling = false;
    noteEvent(ids);
    for (const id of last) {
      givenUp.add(id);
      if (unfinished.includes(id)) onGiveUp(id);
    }
    sort();
  };

  /** Offline there is no response: keep the last poll for later. */
  const postpone = () => {
    for (const [id, at] of watched) if (at <= now()) stopAt.set(id, now() + intervalMs);
    sort();
  };

  return {
    watch(tasks) {
      for (const task of tasks)
        if (!stopAt.has(task.id)) stopAt.set(task.id, now() + allowedMs(task) + graceMs);
      unfinished = tasks.map((task) => task.id);
      lastEventAt = new Map(unfinished.map((id) => [id, lastEventAt.get(id) ?? now()]));
      sort();
    },
    onEvent(taskId) {
      noteEvent(taskId === undefined ? unfinished : [taskId]);
      if (taskId !== undefined && givenUp.delete(taskId)) stopAt.set(taskId, now() + graceMs);
      sort();
    },
    pollNow: () => pollNow(unfinished),
    stop() {
      unfinished = [];
      sort();
    },
  };
}

/** Counted from now, not from the server's clock: the two may differ by minutes. */
function allowedMs(task: WatchedTask): number {
  return Math.max(0, Date.parse(task.deadlineAt) - Date.parse(task.createdAt));
}
