/** The operations of a user on tasks. Only workers call providers, later. */
import { AppError, type ErrorCode } from '../lib/errors.ts';
import type { Task } from '../generated/prisma/client.ts';
import type { ImageService } from '../images/service.ts';
import type { Clock } from '../lib/clock.ts';
import { createTaskCreator, type CreatorDependencies } from './create.ts';
import type { TaskEvents } from './events.ts';
import { createTaskFollower } from './follow.ts';
import type { TaskLifecycle } from './store/lifecycle.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';
import { isFinal, type Progress, progressOf, refundOf } from './task.ts';

export type TaskService = ReturnType<typeof createTaskService>;

interface Dependencies extends Omit<CreatorDependencies, 'own' | 'onCreate'> {
  store: TaskLoader & TaskLifecycle;
  images: ImageService;
  events: TaskEvents;
  clock: Clock;
  /** Called with each task that this service accepted or canceled, so that a worker acts immediately. */
  onChange: (task: TaskSnapshot) => void;
}

/** Every member that takes a `userId` sees that user's tasks only; another user's task counts as missing. */
export function createTaskService(dependencies: Dependencies) {
  const { store, images, events, clock, onChange } = dependencies;
  const follower = createTaskFollower({ events, loader: store });

  const own = async (userId: string, id: string, field = 'id'): Promise<TaskSnapshot> => {
    const task = await store.find(id, userId);
    if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', field);
    return task;
  };

  const announce = (task: TaskSnapshot) => {
    events.publish(task);
    onChange(task);
  };
  const creator = createTaskCreator({ ...dependencies, own, onCreate: announce });

  return {
    /** The user's task; null where there is none. */
    find: (userId: string, id: string) => store.find(id, userId),

    /** The task's progress as known now. */
    progress: (task: Task): Progress => progressOf(task, clock.nowMs()),

    /** The user's tasks with these ids, in their order; missing ones are left out. */
    findMany: (userId: string, ids: string[]) => store.findMany(userId, ids),

    ...creator,

    /**
     * Ends a task that is not final and gives all its credits back; a final one comes back unchanged.
     * @throws {AppError} NOT_FOUND
     */
    cancel: (userId: string, id: string) => cancelTask(() => own(userId, id), store, announce),

    /**
     * Removes a final task and its pictures, from storage too.
     * @throws {AppError} NOT_FOUND, INVALID_INPUT where it is not final
     */
    delete: (userId: string, id: string) => remove(() => own(userId, id), store, images),

    /**
     * The task as it is now, then every newer version in rising order; ends after the final state, or when the task is
     * deleted.
     * @throws {AppError} NOT_FOUND, from the first `next`
     */
    follow: (userId: string, id: string) => follower.one(id, () => own(userId, id)),

    /** The user's unfinished tasks as they are now, then every change of any task, just ended ones included; does not end. */
    followAll: (userId: string) => follower.all(userId),
  };
}

function refused(code: ErrorCode, message: string): AppError {
  return new AppError(code, message, 'id');
}

/**
 * Ends the task that `read` finds and gives all its credits back; a final one is left unchanged.
 * @param announce Called with the canceled task.
 */
export async function cancelTask(
  read: () => Promise<TaskSnapshot>,
  store: TaskLifecycle,
  announce: (task: TaskSnapshot) => void,
): Promise<TaskSnapshot> {
  for (;;) {
    const task = await read();
    if (isFinal(task)) return task;
    const refundCredits = refundOf(task, 0);
    const canceled = await store.settle(task, { status: 'CANCELED', refundCredits, cancelUpstream: true });
    if (!canceled) continue; // It has changed since it was read.
    announce(canceled);
    return canceled;
  }
}

async function remove(
  read: () => Promise<TaskSnapshot>,
  store: TaskLifecycle,
  images: ImageService,
): Promise<void> {
  for (;;) {
    const task = await read();
    if (!isFinal(task)) throw refused('INVALID_INPUT', 'This task is still running. Cancel it first.');
    if (!(await store.remove(task))) continue; // One of its images has been deleted since it was read.
    return void (await images.discard(task.images));
  }
}
