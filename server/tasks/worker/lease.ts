/** A worker's right to a task for one step: every write goes through it and is fenced by the version. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { TaskEvents } from '../events.ts';
import type { Ending } from '../store/lifecycle.ts';
import type { TaskChange } from '../store/batched-writes.ts';
import type { TaskStore } from '../store/store.ts';
import type { TaskSnapshot } from '../store/snapshot.ts';
import { isFinal } from '../task.ts';
import { createFence, verifyOwner, writeWithRetries } from './fenced-writes.ts';

/**
 * Every write is retried while the database is away, until `signal` aborts: what a step has in memory may have been
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
  /** Writes the change with the time of the next step, and releases the lease. @throws {LeaseLost} */
  release(dueInMs: number | null, change?: TaskChange): Promise<void>;
  /** Settles the task, which ends the lease. @throws {LeaseLost} */
  settle(ending: Ending): Promise<void>;
  /** The references of the task, read once. */
  references(): Promise<TaskSnapshot['referenceImages']>;
  /** Whether the task still waits for this submission, under any lease; true where the database does not answer. */
  isAwaited(): Promise<boolean>;
}

/** The statements that a lease makes. */
export type LeaseStore = Pick<TaskStore, 'find' | 'change' | 'releaseLease' | 'settle'>;

interface Dependencies {
  store: LeaseStore;
  events: Pick<TaskEvents, 'publish'>;
  clock: Clock;
  leaseMs: number;
  stopping: AbortSignal;
}

/** Holds the lease of a claimed task until `end`. It is renewed with those of all steps of the node (`renewal.ts`). */
export function holdLease(
  claimed: Task,
  abort: AbortController,
  { store, events, clock, leaseMs, stopping }: Dependencies,
) {
  const fence = createFence(claimed, abort, store.find);
  const leaseEnd = () => new Date(clock.nowMs() + leaseMs);
  const references = createReferenceReader(claimed, store.find);
  let releasedForMs: number | null = null;

  const write = async (change: () => TaskChange, isLast = false) => {
    const changed = await writeWithRetries(fence, async () => {
      const written = await store.change(fence.task, change());
      if (written) fence.task = written;
      if (written && isLast) fence.isReleased = true;
      return written;
    });
    events.publish({ ...changed, images: [], referenceImages: await references() });
  };

  const lease: Lease = {
    get task() {
      return fence.task;
    },
    signal: abort.signal,
    stopping,
    leftMs: () => fence.task.deadlineAt.getTime() - clock.nowMs(),
    change: (change) => write(() => ({ ...change, leaseExpiresAt: leaseEnd() })),
    async release(dueInMs, change) {
      releasedForMs = dueInMs;
      const dueAt = () => (dueInMs === null ? null : new Date(clock.nowMs() + dueInMs));
      const free = { leaseOwner: null, leaseExpiresAt: null };
      if (change) return write(() => ({ ...change, ...free, dueAt: dueAt() }), true);
      await writeWithRetries(fence, async () => {
        // A change that released the lease cleared the owner: naming it still keeps such a row from being released again.
        const held = { ...fence.task, leaseOwner: claimed.leaseOwner };
        const isFree = await store.releaseLease(held, dueAt());
        if (isFree) fence.isReleased = true;
        return isFree;
      });
    },
    async settle(ending) {
      const settled = await writeWithRetries(
        fence,
        () => store.settle(fence.task, ending),
        (row) => isSettledAs(ending, row, fence.task.version + 1),
      );
      fence.isReleased = true;
      fence.task = settled;
      events.publish(settled);
    },
    references,
    isAwaited: () => isAwaited(fence.task, store.find),
  };
  return {
    lease,
    /** Whether the lease is neither released nor ended. */
    get isHeld() {
      return !fence.isReleased && !fence.hasStepEnded;
    },
    /** The time after which the next step may begin, where the lease was released. */
    get dueInMs() {
      return releasedForMs;
    },
    /** Reads whether the node still has the lease, and aborts the step where it has not. */
    verify: () => verifyOwner(fence),
    /** Later writes throw, see `hasStepEnded`. */
    end() {
      fence.hasStepEnded = true;
    },
  };
}

/** Reads the references of the task, once. */
function createReferenceReader({ id, scene }: Task, find: LeaseStore['find']): Lease['references'] {
  let references: ReturnType<Lease['references']> | undefined;
  return () =>
    (references ??=
      scene === 'TEXT_TO_IMAGE'
        ? Promise.resolve([])
        : find(id).then((found) => found?.referenceImages ?? []));
}

function isAwaited({ id, attempt }: Task, find: LeaseStore['find']): Promise<boolean> {
  return find(id).then(
    (now) => now !== null && !isFinal(now) && now.attempt === attempt,
    () => true,
  );
}

/** Whether an earlier try, whose response was lost, has settled the task. */
function isSettledAs(ending: Ending, row: TaskSnapshot, version: number): boolean {
  return (
    row.status === ending.status &&
    row.version === version &&
    (ending.images ?? []).every(({ id }) => row.images.some((image) => image.id === id))
  );
}

/** For read-only calls, which another node repeats when this one stops. */
export function readSignal({ signal, stopping }: Lease): AbortSignal {
  return AbortSignal.any([signal, stopping]);
}
