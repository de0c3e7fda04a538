/**
 * Follows tasks: the current state, then every newer version, in rising order. Changes come as events; the database is also
 * read every few seconds, so that a lost event delays a change and never hides one.
 */
import { withCleanup } from '../lib/with-cleanup.ts';
import type { TaskEvents } from './events.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';
import { isFinal } from './task.ts';

interface Dependencies {
  events: TaskEvents;
  loader: TaskLoader;
  /** The interval of reading the database. */
  rereadMs?: number;
}

/**
 * How far each reading looks back beyond the previous one: an accepted task has the instant at which its statement began,
 * and becomes visible when the statement ends.
 */
const overlapMs = 10_000;

/** How many tasks' last versions a subscription stores, so that a late event is never delivered after a newer one. */
const maxVersions = 1_000;

export function createTaskFollower({ events, loader, rereadMs = 4_000 }: Dependencies) {
  return {
    /** The states of one task from `first` on; ends after its final state, or when a reading finds it deleted. */
    one(id: string, first: () => Promise<TaskSnapshot>): AsyncIterableIterator<TaskSnapshot> {
      const changes = events.subscribe({ taskId: id });
      const endChanges = () => changes.return?.();
      async function* states() {
        let task = await first();
        yield task;
        if (isFinal(task)) return;
        const read = async () => [await loader.find(id)];
        for await (const next of withRereads(changes, read, rereadMs)) {
          if (!next) return; // Deleted: its final state was missed between two readings.
          if (next.version <= task.version) continue;
          task = next;
          yield task;
          if (isFinal(task)) return;
        }
      }
      // The generator's own `return` waits for the pending `next`, which resolves once `changes` end.
      return withCleanup(states(), endChanges);
    },

    /**
     * The user's unfinished tasks, then every change of any of the user's tasks. The first reread also yields tasks
     * accepted in the last `overlapMs` that have ended, because clients list their tasks before they subscribe. Never
     * completes on its own.
     */
    all(userId: string): AsyncIterableIterator<TaskSnapshot> {
      const changes = events.subscribe({ userId });
      const endChanges = () => changes.return?.();
      const { isNews, unfinished } = createNewsFilter();
      async function* states() {
        let readAt = await loader.now();
        for (const task of await loader.findActive(userId)) if (isNews(task)) yield task;
        // Known unfinished tasks, and tasks that another node has accepted since the last reading.
        const read = async () => {
          const { ids, now } = await loader.createdSince(userId, new Date(readAt.getTime() - overlapMs));
          const tasks = await loader.findMany(userId, [...new Set([...unfinished, ...ids])]);
          readAt = now;
          return tasks;
        };
        for await (const task of withRereads(changes, read, rereadMs)) if (isNews(task)) yield task;
      }
      return withCleanup(states(), endChanges);
    },
  };
}

/**
 * The changes, and the result of `read` every `rereadMs` however many changes come in between: changes of one task do not
 * show that an event of another was lost. A failed reading is repeated after the same time. Ends with `changes`.
 */
async function* withRereads<Found>(
  changes: AsyncIterator<TaskSnapshot>,
  read: () => Promise<Found[]>,
  rereadMs: number,
): AsyncGenerator<TaskSnapshot | Found> {
  let next = changes.next();
  let dueAtMs = performance.now() + rereadMs;
  for (;;) {
    const due = Promise.withResolvers<'due'>();
    const timer = setTimeout(() => due.resolve('due'), Math.max(0, dueAtMs - performance.now()));
    const isDue = performance.now() >= dueAtMs;
    const result = isDue ? 'due' : await Promise.race([next, due.promise]);
    clearTimeout(timer);
    if (result === 'due') {
      // While the database is unavailable, changes still come from this node.
      yield* await read().catch(() => []);
      dueAtMs = performance.now() + rereadMs;
      continue;
    }
    if (result.done) return;
    next = changes.next();
    yield result.value;
  }
}

/** Recognizes states that were not seen before, and lists the seen tasks that are unfinished. */
function createNewsFilter() {
  // The latest last. A Map, because an LRUCache allocates all its places at once, for each subscription.
  const seen = new Map<string, number>();
  const unfinished = new Set<string>();
  const isNews = (task: TaskSnapshot): boolean => {
    if (task.version <= (seen.get(task.id) ?? 0)) return false;
    seen.delete(task.id);
    seen.set(task.id, task.version);
    const [oldest] = seen.keys();
    if (oldest !== undefined && seen.size > maxVersions) seen.delete(oldest);
    if (isFinal(task)) unfinished.delete(task.id);
    else unfinished.add(task.id);
    return true;
  };
  return { isNews, unfinished };
}
