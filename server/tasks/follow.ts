/**
 * Following tasks: the state as it is, then every newer version, in rising order. Events bring the changes; where none
 * has come for a while, the database is read, so that an event that was lost on its way delays but never misleads.
 */
import type { TaskEvents } from './events.ts';
import type { TaskStore } from './store.ts';
import { isFinal, type TaskSnapshot } from './task.ts';

interface Dependencies {
  events: TaskEvents;
  store: TaskStore;
  /** How long without an event until the database is read. */
  quietMs?: number;
}

/** Tasks whose last version a reader remembers, so that a late event never takes it back. */
const maxRemembered = 1_000;

export type TaskFollower = ReturnType<typeof createTaskFollower>;

export function createTaskFollower({ events, store, quietMs = 5_000 }: Dependencies) {
  /** What is told by `changes`; after each quiet time also what `read` finds. Ends with `changes`. */
  async function* merged(changes: AsyncIterator<TaskSnapshot>, read: () => Promise<TaskSnapshot[]>) {
    let next = changes.next();
    for (;;) {
      const quiet = Promise.withResolvers<'quiet'>();
      const timer = setTimeout(() => quiet.resolve('quiet'), quietMs);
      const result = await Promise.race([next, quiet.promise]).finally(() => clearTimeout(timer));
      if (result === 'quiet') {
        yield* await read();
        continue;
      }
      if (result.done) return;
      next = changes.next();
      yield result.value;
    }
  }

  return {
    /** One task, which `first` is the state of; ends after its final state. */
    one(id: string, first: () => Promise<TaskSnapshot>): AsyncIterableIterator<TaskSnapshot> {
      const changes = events.subscribe({ taskId: id });
      async function* states() {
        let task = await first();
        yield task;
        if (isFinal(task)) return;
        const read = async () => [await store.find(id)].filter((found) => found !== null);
        for await (const next of merged(changes, read)) {
          if (next.version <= task.version) continue;
          task = next;
          yield task;
          if (isFinal(task)) return;
        }
      }
      return releasing(states(), changes);
    },

    /** The user's unfinished tasks, then every change of any task of the user's; does not end by itself. */
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
        for (const task of await store.findActive(userId)) if (isNews(task)) yield task;
        const read = () => store.findMany(userId, [...unfinished]);
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
