/** Writes of one task, in order, each fenced by the version that was last read or written. */
import { isRefusal } from '../../database/errors.ts';
import type { Task } from '../../generated/prisma/client.ts';
import { sleep } from '../../lib/sleep.ts';
import type { TaskLoader } from '../store/loader.ts';
import type { TaskSnapshot } from '../task.ts';

/** Another writer has changed the task: nothing was written, and this attempt is over. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Pauses between the tries of a write while the database is away. */
const firstPauseMs = 200;
const longestPauseMs = 2_000;

/** @param abort aborted where the lease is lost; once it is, no write is retried */
export function createFencedWrites(
  claimed: Task,
  abort: AbortController,
  { find }: Pick<TaskLoader, 'find'>,
) {
  let task = claimed;
  // Writes go one after the other: a renewal that overtook a change would name a version that has passed.
  let queue: Promise<unknown> = Promise.resolve();
  let isEnded = false;
  let isClosed = false;
  // A write failed and may have been carried out all the same.
  let isOpen = false;

  const lost = () => {
    abort.abort();
    return new LeaseLost(`Task ${task.id} has moved on`);
  };
  const enqueue = <T>(write: () => Promise<T>): Promise<T> => {
    const result = queue.then(() => {
      if (isEnded && isOpen) throw new Error(`Whether task ${task.id} was written is not known`);
      if (isEnded || isClosed) throw lost();
      return write();
    });
    queue = result.catch(() => {});
    return result;
  };

  /**
   * Reads the outcome of the last write. A row that this node still owns was written by no other node, so its version is
   * this lease's.
   */
  const readBack = async (): Promise<TaskSnapshot | null> => {
    const row = await find(task.id);
    if (row?.leaseOwner === claimed.leaseOwner) {
      task = row;
      isOpen = false;
    }
    return row;
  };

  /**
   * Makes the write under the version that was last read. A result of `null` or `false` means that the row has another:
   * the row is read, and written again where this node still owns it.
   * @param isDone whether the row shows that an earlier try was carried out
   * @throws {LeaseLost}
   */
  const once = <T>(write: () => Promise<T>, isDone?: (row: TaskSnapshot) => boolean) =>
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

  /** Like `once`, retried while the database is away, until `abort` aborts. */
  async function insist<T>(write: () => Promise<T>, isDone?: (row: TaskSnapshot) => boolean) {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return await once(write, isDone);
      } catch (error) {
        const isAnswer = error instanceof LeaseLost || isRefusal(error);
        if (isAnswer || abort.signal.aborted || isEnded) throw error;
        await sleep(pauseMs, abort.signal);
        if (isEnded) throw error;
      }
    }
  }

  return {
    get task() {
      return task;
    },
    set task(written) {
      task = written;
    },
    once,
    insist,
    get isClosed() {
      return isClosed;
    },
    /** The lease has been released: later writes throw `LeaseLost`. */
    close() {
      isClosed = true;
    },
    /** Later writes throw: `LeaseLost`, or an error where the outcome of the last write is unknown. */
    end() {
      isEnded = true;
    },
  };
}
