/**
 * Following tasks: the state as it is, then every newer version, in rising order. Events bring the changes; the database
 * is read beside them every few seconds, so that a lost event delays a change and never hides one.
 */
import type { TaskEvents } from './events.ts';
import type { TaskLoader } from './store/loader.ts';
import { isFinal, type TaskSnapshot } from './task.ts';

interface Dependencies {
  events: TaskEvents;
  loader: TaskLoader;
  /** How often the database is read beside the events. */
  rereadMs?: number;
}

/**
 * How far each reading looks back beyond the one before: an accepted task has the instant at which its statement began,
 * and is seen when that has ended.
 */
const overlapMs = 10_000;

/** How many tasks' last versions a subscription stores, so that a late event is never delivered after a newer one. */
const maxRemembered = 1_000;

export type TaskFollower = ReturnType<typeof createTaskFollower>;

export function createTaskFollower({ events, loader, rereadMs = 4_000 }: Dependencies) {
  /**
   * The changes, and every `rereadMs` what `read` finds, however many changes come in between: those of one task say nothing
   * about another, whose event was lost. A reading that fails is made again after the same time. Ends with `changes`.
   */
  async function* merged<Found>(
    changes: AsyncIterator<TaskSnapshot>,
    read: () => Promise<Found[]>,
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
        // While the database is away, changes still come from this node.
        yield* await read().catch(() => []);
        dueAtMs = performance.now() + rereadMs;
        continue;
      }
      if (result.done) return;
      next = changes.next();
      yield result.value;
    }
  }

  return {
    /** One task, which `first` is the state of; ends after its final state, or when a reading finds it deleted. */
    one(id: string, first: () => Promise<TaskSnapshot>): AsyncIterableIterator<TaskSnapshot> {
      const changes = events.subscribe({ taskId: id });
      async function* states() {
        let task = await first();
        yield task;
        if (isFinal(task)) return;
        const read = async () => [await loader.find(id)];
        for await (const next of merged(changes, read)) {
          if (!next) return; // Its final state came and went between two readings.
          if (next.version <= task.version) continue;
          task = next;
          yield task;
          if (isFinal(task)) return;
        }
      }
      return releasing(states(), changes);
    },

    /**
     * The user's unfinished tasks, then every change of any of the user's tasks. The first database read also yields tasks
     * accepted in the last `overlapMs` that have ended, because clients list their tasks before they subscribe. Never
     * completes on its own.
     */
    all(userId: string): AsyncIterableIterator<TaskSnapshot> {
      const changes = events.subscribe({ userId });
      const seen = new Map<string, number>();
      const unfinished = new Set<string>();
      const isNews = (task: TaskSnapshot): boolean => {
        if (task.version <= (seen.get(task.id) ?? 0)) return false;
        seen.set(task.id, task.version);
        if (isFinal(task)) unfinished.delete(task.id);
        else unfinished.add(task.id);
        const [oldest] = seen.keys();
        if (oldest !== undefined && seen.size > maxRemembered) seen.delete(oldest);
        return true;
      };
      async function* states() {
        let readAt = await loader.now();
        for (const task of await loader.findActive(userId)) if (isNews(task)) yield task;
        // Tasks that this reader knows, and those that another node has accepted since the last reading.
        const read = async () => {
          const { ids, now } = await loader.createdSince(userId, new Date(readAt.getTime() - overlapMs));
          const tasks = await loader.findMany(userId, [...new Set([...unfinished, ...ids])]);
          readAt = now;
          return tasks;
        };
        for await (const task of merged(changes, read)) if (isNews(task)) yield task;
      }
      return releasing(states(), changes);
    },
  };
}

/**
 * The generator, with a `return` that ends what it waits for first: a generator's own waits for the `next` that is
 * pending, which may be for ever.
 */
function releasing(
  generator: AsyncGenerator<TaskSnapshot>,
  changes: AsyncIterator<TaskSnapshot>,
): AsyncIterableIterator<TaskSnapshot> {
  const iterator: AsyncIterableIterator<TaskSnapshot> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      const result = await generator.next();
      if (result.done) await changes.return?.();
      return result;
    },
    async return() {
      await changes.return?.();
      return generator.return(undefined);
    },
  };
  return iterator;
}
