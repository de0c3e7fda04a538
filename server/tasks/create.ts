/** Creates tasks from requests: charges the credits and inserts the task, or refuses and does nothing. */
import { v7 as uuid } from 'uuid';
import { AppError } from '../lib/errors.ts';
import type { DailyLimits } from '../credits/ledger.ts';
import type { ImageService } from '../images/service.ts';
import type { Clock } from '../lib/clock.ts';
import { createPerKeySemaphore } from '../lib/per-key-limits.ts';
import type { ModelService } from '../models/service.ts';
import { refusalOf } from './acceptance-refusal.ts';
import {
  checkReferenceBytes,
  checkRequest,
  type CheckedRequest,
  requestHash,
  type RequestInput,
  retryHash,
  withSeed,
} from './request.ts';
import type { Idempotency, IdempotencyKeys } from './store/idempotency-keys.ts';
import type { AcceptedTask } from './store/accept.ts';
import type { TaskLifecycle } from './store/lifecycle.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';
import { optionsOf } from './task.ts';

/** The user whose balance is charged, and the API key of the request. */
interface Payer {
  id: string;
  apiKeyId?: string | undefined;
}

/** A task of the user, with the account as the charge left it; without it where the request repeats another. */
export type CreatedTask = Pick<AcceptedTask, 'task'> & Partial<Pick<AcceptedTask, 'account'>>;

export interface CreatorDependencies {
  store: Pick<TaskLoader & TaskLifecycle, 'find' | 'accept'>;
  idempotencyKeys: Pick<IdempotencyKeys, 'find'>;
  images: Pick<ImageService, 'findOwn'>;
  models: Pick<ModelService, 'models' | 'typicalDurationMs'>;
  /** Reads the user's task. @throws {AppError} NOT_FOUND at `field`, which is `id` where left out */
  own: (userId: string, id: string, field?: string) => Promise<TaskSnapshot>;
  /** The id for a new task, a UUID; of version 7 where absent. */
  newTaskId?: () => string;
  /** Called with each new task. */
  onCreate: (task: TaskSnapshot) => void;
  taskTimeoutMs: number;
  maxActiveTasks: number;
  dailyLimits: DailyLimits;
  clock: Clock;
}

export function createTaskCreator(outer: CreatorDependencies) {
  const { models, own } = outer;
  const dependencies = { ...outer, store: withOneChargeAtOnce(outer.store) };
  return {
    /**
     * Charges the credits and creates a task, or refuses and does nothing.
     * @throws {AppError} INVALID_INPUT, NOT_FOUND (a reference, the parent), INSUFFICIENT_CREDITS,
     *   IDEMPOTENCY_CONFLICT, TOO_MANY_ACTIVE_TASKS, DAILY_LIMIT_REACHED, INTERNAL (the database is busy)
     */
    async generate(
      payer: Payer,
      input: RequestInput & { parentId?: string | undefined; idempotencyKey?: string | undefined },
    ): Promise<CreatedTask> {
      const request = checkRequest(input);
      if (!models.models().includes(request.model))
        throw new AppError(
          'INVALID_INPUT',
          `${request.model.label} is not set up here. Choose another model.`,
          'model',
        );
      const { referenceImageIds, parentId } = input;
      const hash = requestHash(request, referenceImageIds, parentId);
      const idempotency = idempotencyOf(input.idempotencyKey, hash);
      if (parentId !== undefined) {
        // A repeat answers the same when the parent has been deleted since.
        const before = await findRepeated(dependencies, payer.id, idempotency);
        if (before) return { task: before };
        await own(payer.id, parentId, 'parent');
      }
      const links = { referenceImageIds, parentId: parentId ?? null, idempotency };
      return createTask(dependencies, payer, request, links);
    },

    /**
     * A new task with the same request, charged again; its seed is another one where the request had none.
     * @throws {AppError} as `generate` does, and NOT_FOUND
     */
    async retry(payer: Payer, id: string, idempotencyKey?: string): Promise<CreatedTask> {
      const idempotency = idempotencyOf(idempotencyKey, retryHash(id));
      // Before the task is read: a repeat answers the same when the task has been deleted since.
      const before = await findRepeated(dependencies, payer.id, idempotency);
      if (before) return { task: before };
      const task = await own(payer.id, id);
      const referenceImageIds = task.referenceImages.flatMap(({ image }) => (image ? [image.id] : []));
      if (referenceImageIds.length < task.referenceImages.length)
        throw new AppError('NOT_FOUND', 'A reference image of this task has been deleted.', 'id');
      const { seed, ...options } = optionsOf(task);
      const wanted = task.isSeedChosen ? options : { ...options, seed };
      const request = checkRequest({ ...task, options: wanted, referenceImageIds });
      return createTask(dependencies, payer, request, { referenceImageIds, parentId: id, idempotency });
    },
  };
}

/** As long as the database waits for a lock. */
const longestWaitMs = 5_000;

/**
 * Charging locks the row of the user, so concurrent requests of one user wait for each other in any case. They wait here,
 * where they hold no connection of the database's pool; one that waits too long is not charged.
 */
function withOneChargeAtOnce(store: CreatorDependencies['store']): CreatorDependencies['store'] {
  const perUser = createPerKeySemaphore(1);
  return {
    find: store.find,
    async accept(task) {
      const signal = AbortSignal.timeout(longestWaitMs);
      try {
        return await perUser.run(task.userId, () => store.accept(task), { signal });
      } catch (error) {
        if (error === signal.reason) return 'databaseBusy';
        throw error;
      }
    },
  };
}

/**
 * The task that the idempotency key was used for; null where it is unused.
 * @throws {AppError} IDEMPOTENCY_CONFLICT where the key was used for another operation or input, NOT_FOUND where its
 *   task has been deleted
 */
async function findRepeated(
  { store, idempotencyKeys }: Pick<CreatorDependencies, 'store' | 'idempotencyKeys'>,
  userId: string,
  idempotency: Idempotency | undefined,
): Promise<TaskSnapshot | null> {
  const used = idempotency && (await idempotencyKeys.find(userId, idempotency.key));
  if (!used) return null;
  if (used.requestHash !== idempotency.requestHash)
    throw new AppError(
      'IDEMPOTENCY_CONFLICT',
      'This idempotency key was used for another request. Use a new one.',
      'idempotencyKey',
    );
  const task = await store.find(used.taskId, userId);
  if (task) return task;
  throw new AppError(
    'NOT_FOUND',
    'The task of this idempotency key has been deleted. Use a new key.',
    'idempotencyKey',
  );
}

/** How often a request whose key expires meanwhile is repeated. */
const maxTries = 3;

/**
 * Charges for the request and inserts its task, or returns the task of an earlier or concurrent request with the same
 * idempotency key, which is read only where nothing was inserted.
 * @throws {AppError} NOT_FOUND (a reference), INVALID_INPUT (references that are too large), INSUFFICIENT_CREDITS,
 *   TOO_MANY_ACTIVE_TASKS, DAILY_LIMIT_REACHED, INTERNAL (the database is busy), and what `findRepeated` throws
 */
async function createTask(
  dependencies: CreatorDependencies,
  { id: userId, apiKeyId }: Payer,
  request: CheckedRequest,
  links: { referenceImageIds: string[]; parentId: string | null; idempotency: Idempotency | undefined },
): Promise<CreatedTask> {
  const { referenceImageIds, parentId, idempotency } = links;
  const { store, images, models, newTaskId = uuid, onCreate, taskTimeoutMs } = dependencies;
  const { maxActiveTasks, dailyLimits, clock } = dependencies;
  const { model, costCredits } = request;
  const { maxReferenceBytes, maxReferenceBytesTotal } = model;
  const task = {
    ...request,
    ...withSeed(request),
    id: newTaskId(),
    userId,
    apiKeyId,
    provider: model.provider,
    model: model.name,
    referenceImageIds,
    parentId,
    maxReferenceBytes,
    maxReferenceBytesTotal,
    expectedDurationMs: await models.typicalDurationMs(model),
    timeoutMs: Math.max(taskTimeoutMs, 2 * model.publishedDurationMs),
    maxActiveTasks,
    dailyLimits,
    idempotency,
  };
  let outcome = await store.accept(task);
  for (let tries = 1; typeof outcome === 'string'; tries += 1) {
    // A copy of this request may have been accepted, and may have taken the last credits.
    const repeated = await findRepeated(dependencies, userId, idempotency);
    if (repeated) return { task: repeated };
    if (outcome !== 'duplicateKey' || tries === maxTries) break;
    // The key had expired, and is deleted now. Another node may use it first.
    outcome = await store.accept(task);
  }
  if (outcome === 'referencesTooLarge') {
    const references = await images.findOwn(userId, referenceImageIds);
    checkReferenceBytes(
      model,
      references.map((image) => image?.byteSize ?? 0),
    );
    outcome = 'missingReference';
  }
  if (typeof outcome === 'string')
    throw refusalOf(outcome, { costCredits, maxActiveTasks, dailyLimits, nowMs: clock.nowMs() });
  onCreate(outcome.task);
  return outcome;
}

/** @throws {AppError} INVALID_INPUT where the key is malformed. */
function idempotencyOf(key: string | undefined, hash: string): Idempotency | undefined {
  if (key === undefined) return undefined;
  const length = [...key].length;
  if (length >= 1 && length <= 255 && !key.includes('\0') && key.isWellFormed())
    return { key, requestHash: hash };
  throw new AppError('INVALID_INPUT', 'An idempotency key has 1 to 255 characters.', 'idempotencyKey');
}
