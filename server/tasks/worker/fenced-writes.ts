/** Writes of one task, in order, each fenced by the version that was last read or written. */
import { isRefusal } from '../../database/errors.ts';
import type { Task } from '../../generated/prisma/client.ts';
import { sleep } from '../../lib/sleep.ts';
import type { TaskLoader } from '../store/loader.ts';
import type { TaskSnapshot } from '../store/snapshot.ts';

/** Another writer has changed the task: nothing was written, and this step is over. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Pauses between the tries of a write while the database is unavailable. */
const firstPauseMs = 200;
const longestPauseMs = 2_000;

/** The state of a lease's writes. */
interface Fence {
  /** As last read or written. */
  task: Task;
  readonly owner: string | null;
  /** Writes run one after the other, so that each names the version that the one before it wrote. */
  queue: Promise<unknown>;
  /** Later writes throw: `LeaseLost`, or an error where the outcome of the last write is unknown. */
  hasStepEnded: boolean;
  /** Later writes throw `LeaseLost`. */
  isReleased: boolean;
  /** A write has no response yet, or failed, and may have been carried out. */
  isOutcomeUnknown: boolean;
  /** Aborted where the lease is lost; once it is, no write is retried. */
  readonly abort: AbortController;
  readonly find: TaskLoader['find'];
}

type IsDone = (row: TaskSnapshot) => boolean;

export function createFence(claimed: Task, abort: AbortController, find: TaskLoader['find']): Fence {
  return {
    task: claimed,
    owner: claimed.leaseOwner,
    queue: Promise.resolve(),
    hasStepEnded: false,
    isReleased: false,
    isOutcomeUnknown: false,
    abort,
    find,
  };
}

/** Reads whether this node still owns the task, and aborts the step where it does not. @throws {LeaseLost} */
export function verifyOwner(fence: Fence): Promise<void> {
  return enqueue(fence, async () => {
    const row = await readBack(fence);
    if (row?.leaseOwner !== fence.owner) throw abortAsLost(fence);
  });
}

function abortAsLost({ abort, task }: Fence): LeaseLost {
  abort.abort();
  return new LeaseLost(`Task ${task.id} has moved on`);
}

function enqueue<T>(fence: Fence, write: () => Promise<T>): Promise<T> {
  const result = fence.queue.then(() => {
    const { hasStepEnded, isOutcomeUnknown, isReleased, task } = fence;
    if (hasStepEnded && isOutcomeUnknown) throw new Error(`Whether task ${task.id} was written is not known`);
    if (hasStepEnded || isReleased) throw abortAsLost(fence);
    return write();
  });
  fence.queue = result.catch(() => {});
  return result;
}

/**
 * Reads the outcome of the last write. A row that this node still owns was written by no other node, so its version is
 * this lease's.
 */
async function readBack(fence: Fence): Promise<TaskSnapshot | null> {
  const row = await fence.find(fence.task.id);
  if (row?.leaseOwner === fence.owner) {
    fence.task = row;
    fence.isOutcomeUnknown = false;
  }
  return row;
}

/**
 * Makes the write under the version that was last read. A result of `null` or `false` means that the row has another:
 * the row is read, and written again where this node still owns it.
 * @param isDone whether the row shows that an earlier try was carried out
 * @throws {LeaseLost}
 */
function writeOnce<T>(
  fence: Fence,
  write: () => Promise<T>,
  isDone?: IsDone,
): Promise<NonNullable<T> | TaskSnapshot> {
  return enqueue(fence, async () => {
    for (let isRead = !fence.isOutcomeUnknown; ; isRead = false) {
      if (!isRead) {
        const row = await readBack(fence);
        if (row && isDone?.(row)) return row;
        if (row?.leaseOwner !== fence.owner) throw abortAsLost(fence);
      }
      fence.isOutcomeUnknown = true;
      const result = await write();
      fence.isOutcomeUnknown = false;
      if (result) return result;
    }
  });
}

/** Like `writeOnce`, retried while the database is unavailable, until `abort` aborts. */
export async function writeWithRetries<T>(fence: Fence, write: () => Promise<T>, isDone?: IsDone) {
  const { signal } = fence.abort;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await writeOnce(fence, write, isDone);
    } catch (error) {
      const isAnswer = error instanceof LeaseLost || isRefusal(error);
      if (isAnswer || signal.aborted || fence.hasStepEnded) throw error;
      await sleep(pauseMs, signal);
      if (fence.hasStepEnded) throw error;
    }
  }
}
