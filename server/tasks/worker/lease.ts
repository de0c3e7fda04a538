/** A worker's right to a task for one turn: every write goes through it and is fenced by the version. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { TaskEvents } from '../events.ts';
import type { Ending, TaskChange, TaskStore } from '../store.ts';
import { isFinal, type TaskSnapshot } from '../task.ts';

/** The task has moved on under another hand: nothing was written, and this turn is over. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

export interface Lease {
  /** As it was last read or written here. */
  readonly task: Task;
  /** Aborts where the lease is lost, the deadline passes, or the task is canceled. */
  readonly signal: AbortSignal;
  /** Aborts where the node stops: what can be asked again by another is not waited for. */
  readonly stopping: AbortSignal;
  /** Writes the change, tells the subscribers, and holds the lease on. @throws {LeaseLost} */
  change(change: TaskChange): Promise<void>;
  /** Writes the change with the time of the next turn, and gives the lease back. @throws {LeaseLost} */
  release(dueInMs: number | null, change?: TaskChange): Promise<void>;
  /** Ends the task and the lease. @throws {LeaseLost} */
  settle(ending: Ending): Promise<void>;
  /** The references of the task, read once. */
  references(): Promise<TaskSnapshot['referenceImages']>;
  /** Whether the task still waits for this attempt, under whatever lease; true where that cannot be told. */
  isAwaited(): Promise<boolean>;
}

interface Dependencies {
  store: TaskStore;
  events: TaskEvents;
  clock: Clock;
  leaseMs: number;
  stopping: AbortSignal;
}

/** Starts to hold the lease of a claimed task, renewing it until `end`. */
export function holdLease(
  claimed: Task,
  abort: AbortController,
  { store, events, clock, leaseMs, stopping }: Dependencies,
) {
  let task = claimed;
  let references: Promise<TaskSnapshot['referenceImages']> | undefined;
  // Writes go one after the other: a renewal that overtook a change would name a version that has passed.
  let queue: Promise<unknown> = Promise.resolve();
  let ended = false;
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const result = queue.then(() => {
      if (ended) throw lost();
      return write();
    });
    queue = result.catch(() => {});
    return result;
  };
  const lost = () => {
    abort.abort();
    return new LeaseLost(`Task ${task.id} has moved on`);
  };
  // What was given back with a change has no owner any more, and is not touched again.
  const held = () => ({ ...task, leaseOwner: claimed.leaseOwner });
  const leaseEnd = () => new Date(clock.nowMs() + leaseMs);

  const readReferences = () =>
    (references ??=
      task.scene === 'TEXT_TO_IMAGE'
        ? Promise.resolve([])
        : store.find(task.id).then((found) => found?.referenceImages ?? []));
  const write = (change: TaskChange) =>
    inTurn(async () => {
      const changed = await store.change(task, change);
      if (!changed) throw lost();
      task = changed;
      events.publish({ ...task, images: [], referenceImages: await readReferences() });
    });

  const renewal = setInterval(() => {
    void inTurn(async () => {
      if (!(await store.touch(held(), { leaseExpiresAt: leaseEnd() }))) lost();
    }).catch(() => {}); // The database is away: the lease runs out unless a later renewal succeeds.
  }, leaseMs / 3);

  const lease: Lease = {
    get task() {
      return task;
    },
    signal: abort.signal,
    stopping,
    change: (change) => write({ ...change, leaseExpiresAt: leaseEnd() }),
    async release(dueInMs, change) {
      const free = {
        leaseOwner: null,
        leaseExpiresAt: null,
        dueAt: dueInMs === null ? null : new Date(clock.nowMs() + dueInMs),
      };
      clearInterval(renewal);
      if (change) return write({ ...change, ...free });
      await inTurn(async () => {
        if (!(await store.touch(held(), free))) throw lost();
      });
    },
    async settle(ending) {
      clearInterval(renewal);
      await inTurn(async () => {
        const settled = await store.settle(task, ending);
        if (!settled) throw lost();
        task = settled;
        events.publish(settled);
      });
    },
    references: readReferences,
    async isAwaited() {
      const { id, attempt } = task;
      return store.find(id).then(
        (now) => now !== null && !isFinal(now) && now.attempt === attempt,
        () => true,
      );
    },
  };
  return {
    lease,
    /** Stops renewing; whatever would be written after this throws `LeaseLost`. */
    end() {
      ended = true;
      clearInterval(renewal);
    },
  };
}
