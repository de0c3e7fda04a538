/** A worker's right to a task for one attempt: every write goes through it and is fenced by the version. */
import { isRefusal } from '../../database/errors.ts';
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import { sleep } from '../../lib/sleep.ts';
import type { TaskEvents } from '../events.ts';
import type { Ending, TaskLifecycle } from '../store/lifecycle.ts';
import type { TaskLoader } from '../store/loader.ts';
import type { TaskChange, TaskQueue } from '../store/queue.ts';
import { isFinal, type TaskSnapshot } from '../task.ts';

/** Another writer has changed the task: nothing was written, and this attempt is over. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/**
 * Every write is retried while the database is away, until `signal` aborts: what an attempt has in memory may have been
 * paid for and exist nowhere else. It then rejects with the database's error, and may or may not have been carried out.
 */
export interface Lease {
  /** The task as this lease last read or wrote it. */
  readonly task: Task;
  /** Aborts where the lease is lost, the deadline passes, or the task is canceled. */
  readonly signal: AbortSignal;
  /** Aborts when the node stops: calls that another node can repeat are cut off. */
  readonly stopping: AbortSignal;
  /** Milliseconds until the deadline; negative after it. */
  leftMs(): number;
  /** Writes the change, publishes it, and extends the lease. @throws {LeaseLost} */
  change(change: TaskChange): Promise<void>;
  /** Writes the change with the time of the next attempt, and releases the lease. @throws {LeaseLost} */
  release(dueInMs: number | null, change?: TaskChange): Promise<void>;
  /** Settles the task, which ends the lease. @throws {LeaseLost} */
  settle(ending: Ending): Promise<void>;
  /** The references of the task, read once. */
  references(): Promise<TaskSnapshot['referenceImages']>;
  /** Whether the task still waits for this submission, under any lease; true where the database does not answer. */
  isAwaited(): Promise<boolean>;
}

/** The statements that a lease makes. */
export type LeaseStore = Pick<
  TaskLoader & TaskLifecycle & TaskQueue,
  'find' | 'change' | 'renewLease' | 'releaseLease' | 'settle'
>;

interface Dependencies {
  store: LeaseStore;
  events: TaskEvents;
  clock: Clock;
  leaseMs: number;
  stopping: AbortSignal;
}

/** Pauses between the tries of a write while the database is away. */
const firstPauseMs = 200;
const longestPauseMs = 2_000;

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
  let isEnded = false;
  let isReleased = false;
  // A write failed and may have been carried out all the same.
  let isOpen = false;
  let renewal: NodeJS.Timeout | undefined;

  const enqueue = <T>(write: () => Promise<T>): Promise<T> => {
    const result = queue.then(() => {
      if (isEnded && isOpen) throw new Error(`Whether task ${task.id} was written is not known`);
      if (isEnded || isReleased) throw lost();
      return write();
    });
    queue = result.catch(() => {});
    return result;
  };
  const lost = () => {
    abort.abort();
    return new LeaseLost(`Task ${task.id} has moved on`);
  };
  // A change that released the lease cleared the owner: naming it still keeps such a row from being renewed.
  const held = () => ({ ...task, leaseOwner: claimed.leaseOwner });
  const leaseEnd = () => new Date(clock.nowMs() + leaseMs);

  /**
   * Reads the outcome of the last write. A row that this node still owns was written by no other node, so its version is
   * this lease's.
   */
  const readBack = async (): Promise<TaskSnapshot | null> => {
    const row = await store.find(task.id);
    if (row?.leaseOwner === claimed.leaseOwner) {
      task = row;
      isOpen = false;
    }
    return row;
  };
  /** Writes under the version that was last read; a `null` or `false` result means that the row has another. @throws {LeaseLost} */
  const fenced = <T>(write: () => Promise<T>, isDone?: (row: TaskSnapshot) => boolean) =>
    enqueue(async (): Promise<NonNullable<T> | TaskSnapshot> => {
      for (let isRead = !isOpen; ; isRead = false) {
        if (!isRead) {
          const row = await readBack();
          if (row && isDone?.(row)) return row;
          if (row?.leaseOwner !== claimed.leaseOwner) throw lost();
        }
        isOpen = true;
        const result = await write();
        isOpen = false;
        if (result) return result;
      }
    });
  const retryWhileAway = async <T>(write: () => Promise<T>): Promise<T> => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return await write();
      } catch (error) {
        const isAnswer = error instanceof LeaseLost || isRefusal(error);
        if (isAnswer || abort.signal.aborted || isEnded) throw error;
        await sleep(pauseMs, abort.signal);
        if (isEnded) throw error;
      }
    }
  };

  const readReferences = () =>
    (references ??=
      task.scene === 'TEXT_TO_IMAGE'
        ? Promise.resolve([])
        : store.find(task.id).then((found) => found?.referenceImages ?? []));
  const write = async (change: () => TaskChange, isLast = false) => {
    const changed = await retryWhileAway(() =>
      fenced(async () => {
        const written = await store.change(task, change());
        if (written) task = written;
        if (written && isLast) markReleased();
        return written;
      }),
    );
    events.publish({ ...changed, images: [], referenceImages: await readReferences() });
  };
  const markReleased = () => {
    isReleased = true;
    clearTimeout(renewal);
  };

  /** A failed renewal is retried sooner, so that it comes before another node claims the task. */
  const renewAfter = (delayMs: number) => {
    renewal = setTimeout(() => {
      fenced(() => store.renewLease(held(), leaseEnd())).then(
        () => isReleased || renewAfter(leaseMs / 3),
        (error: unknown) => isReleased || error instanceof LeaseLost || renewAfter(leaseMs / 15),
      );
    }, delayMs);
  };
  renewAfter(leaseMs / 3);

  const lease: Lease = {
    get task() {
      return task;
    },
    signal: abort.signal,
    stopping,
    leftMs: () => task.deadlineAt.getTime() - clock.nowMs(),
    change: (change) => write(() => ({ ...change, leaseExpiresAt: leaseEnd() })),
    async release(dueInMs, change) {
      const dueAt = () => (dueInMs === null ? null : new Date(clock.nowMs() + dueInMs));
      const free = { leaseOwner: null, leaseExpiresAt: null };
      if (change) return write(() => ({ ...change, ...free, dueAt: dueAt() }), true);
      await retryWhileAway(() =>
        fenced(async () => {
          const isFree = await store.releaseLease(held(), dueAt());
          if (isFree) markReleased();
          return isFree;
        }),
      );
    },
    async settle(ending) {
      // An earlier try may have settled the task, its answer lost.
      const isDone = (row: TaskSnapshot) =>
        row.status === ending.status &&
        row.version === task.version + 1 &&
        (ending.images ?? []).every(({ id }) => row.images.some((image) => image.id === id));
      const settled = await retryWhileAway(() => fenced(() => store.settle(task, ending), isDone));
      markReleased();
      task = settled;
      events.publish(settled);
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
    /** Stops renewing. Later writes throw `LeaseLost`. */
    end() {
      isEnded = true;
      clearTimeout(renewal);
    },
  };
}
