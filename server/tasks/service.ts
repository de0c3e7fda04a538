/** The operations of a user on tasks. None calls a provider: workers do, afterwards. */
import { AppError } from '../errors.ts';
import type { Task } from '../generated/prisma/client.ts';
import type { ImageService } from '../images/service.ts';
import type { Clock } from '../lib/clock.ts';
import type { ModelService } from '../models/service.ts';
import { createAcceptor } from './accept.ts';
import type { TaskEvents } from './events.ts';
import { createTaskFollower } from './follow.ts';
import { checkRequest, requestHash, type RequestInput, retryHash } from './request.ts';
import type { Idempotency, IdempotencyKeys } from './store/idempotency-keys.ts';
import type { TaskLifecycle } from './store/lifecycle.ts';
import type { TaskLoader } from './store/loader.ts';
import { isFinal, optionsOf, type Progress, progressOf, refundOf, type TaskSnapshot } from './task.ts';

export type TaskService = ReturnType<typeof createTaskService>;

interface Dependencies {
  store: TaskLoader & TaskLifecycle;
  idempotencyKeys: Pick<IdempotencyKeys, 'find'>;
  images: ImageService;
  models: ModelService;
  events: TaskEvents;
  clock: Clock;
  /** Called with each task that this service accepted or canceled, so that a worker acts at once. */
  onChange: (task: TaskSnapshot) => void;
  taskTimeoutMs: number;
  maxActiveTasks: number;
}

/** Every member that takes a `userId` sees that user's tasks only; another user's task counts as missing. */
export function createTaskService(dependencies: Dependencies) {
  const { store, images, models, events, clock, onChange } = dependencies;
  const follower = createTaskFollower({ events, loader: store });

  const own = async (userId: string, id: string): Promise<TaskSnapshot> => {
    const task = await store.find(id, userId);
    if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', { field: 'id' });
    return task;
  };

  const announce = (task: TaskSnapshot) => {
    events.publish(task);
    onChange(task);
  };
  const { findRepeated, accept } = createAcceptor({ ...dependencies, own, onAccept: announce });

  return {
    /** The user's task; null where there is none. */
    find: (userId: string, id: string) => store.find(id, userId),

    /** What can be said of the task's progress now. */
    progress: (task: Task): Progress => progressOf(task, clock.nowMs()),

    /** Those of the user's tasks that are there, in the order of the ids. */
    findMany: (userId: string, ids: string[]) => store.findMany(userId, ids),

    /**
     * Charges the credits and accepts a task, or refuses it and does nothing.
     * @throws {AppError} INVALID_INPUT, NOT_FOUND (a reference), INSUFFICIENT_CREDITS, IDEMPOTENCY_CONFLICT,
     *   TOO_MANY_ACTIVE_TASKS, INTERNAL (the database is busy)
     */
    async generate(
      userId: string,
      input: RequestInput & { idempotencyKey?: string | undefined },
    ): Promise<TaskSnapshot> {
      const request = checkRequest(input);
      if (!models.models().includes(request.model))
        throw new AppError(
          'INVALID_INPUT',
          `${request.model.label} is not set up here. Choose another model.`,
          { field: 'model' },
        );
      const idempotency = idempotencyOf(input.idempotencyKey, requestHash(request, input.referenceImageIds));
      return (
        (await findRepeated(userId, idempotency)) ??
        accept(userId, { request, referenceImageIds: input.referenceImageIds, idempotency })
      );
    },

    /**
     * A new task with the same request, charged anew.
     * @throws {AppError} as `generate` does, and NOT_FOUND
     */
    async retry(userId: string, id: string, idempotencyKey?: string): Promise<TaskSnapshot> {
      const idempotency = idempotencyOf(idempotencyKey, retryHash(id));
      // Before the task is read: a repeat answers the same when the task has been deleted since.
      const before = await findRepeated(userId, idempotency);
      if (before) return before;
      const task = await own(userId, id);
      const referenceImageIds = task.referenceImages.flatMap(({ image }) => (image ? [image.id] : []));
      if (referenceImageIds.length < task.referenceImages.length)
        throw new AppError('NOT_FOUND', 'A reference image of this task has been deleted.', { field: 'id' });
      const request = checkRequest({ ...task, options: { ...optionsOf(task) }, referenceImageIds });
      return accept(userId, { request, referenceImageIds, idempotency });
    },

    /**
     * Ends a task that is not final and gives all its credits back; a final one comes back unchanged.
     * @throws {AppError} NOT_FOUND
     */
    async cancel(userId: string, id: string): Promise<TaskSnapshot> {
      for (;;) {
        const task = await own(userId, id);
        if (isFinal(task)) return task;
        const canceled = await store.settle(task, {
          status: 'CANCELED',
          refundCredits: refundOf(task, 0),
          cancelUpstream: true,
        });
        if (!canceled) continue; // It changed since it was read: read it again.
        announce(canceled);
        return canceled;
      }
    },

    /**
     * Removes a final task and its pictures, from storage too.
     * @throws {AppError} NOT_FOUND, INVALID_INPUT where it is not final
     */
    async delete(userId: string, id: string): Promise<void> {
      for (;;) {
        const task = await own(userId, id);
        if (!isFinal(task))
          throw new AppError('INVALID_INPUT', 'This task is still running. Cancel it first.', {
            field: 'id',
          });
        if (!(await store.remove(task))) continue; // One of its images was deleted since it was read: read it again.
        await images.discard(task.images);
        return;
      }
    },

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

/** @throws {AppError} INVALID_INPUT where the key is malformed. */
function idempotencyOf(key: string | undefined, hash: string): Idempotency | undefined {
  if (key === undefined) return undefined;
  const length = [...key].length;
  if (length >= 1 && length <= 255 && !key.includes('\0') && key.isWellFormed())
    return { key, requestHash: hash };
  throw new AppError('INVALID_INPUT', 'An idempotency key has 1 to 255 characters.', {
    field: 'idempotencyKey',
  });
}
