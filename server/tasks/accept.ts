/** Accepts requests: charges the credits and inserts the task, or refuses and does nothing. */
import { v7 as uuid } from 'uuid';
import { AppError, type ErrorCode } from '../errors.ts';
import type { ImageService } from '../images/service.ts';
import type { ModelService } from '../models/service.ts';
import { checkReferenceBytes, type CheckedRequest } from './request.ts';
import type { Idempotency, IdempotencyKeys } from './store/idempotency-keys.ts';
import type { Acceptance, TaskLifecycle } from './store/lifecycle.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './task.ts';

interface Dependencies {
  store: Pick<TaskLoader & TaskLifecycle, 'find' | 'accept'>;
  idempotencyKeys: Pick<IdempotencyKeys, 'find'>;
  images: Pick<ImageService, 'findOwn'>;
  models: Pick<ModelService, 'typicalDurationMs'>;
  /** Reads the user's task. @throws {AppError} NOT_FOUND */
  own: (userId: string, id: string) => Promise<TaskSnapshot>;
  /** Called with each task that was accepted. */
  onAccept: (task: TaskSnapshot) => void;
  taskTimeoutMs: number;
  maxActiveTasks: number;
}

export interface AcceptOptions {
  request: CheckedRequest;
  referenceImageIds: string[];
  idempotency: Idempotency | undefined;
}

export function createAcceptor(dependencies: Dependencies) {
  const { store, idempotencyKeys, images, models, own, onAccept, taskTimeoutMs, maxActiveTasks } =
    dependencies;

  /**
   * The task that the idempotency key was used for; null where it is unused.
   * @throws {AppError} IDEMPOTENCY_CONFLICT where the key was used for another operation or input, NOT_FOUND where its
   *   task has been deleted
   */
  async function findRepeated(
    userId: string,
    idempotency: Idempotency | undefined,
  ): Promise<TaskSnapshot | null> {
    const used = idempotency && (await idempotencyKeys.find(userId, idempotency.key));
    if (!used) return null;
    if (used.requestHash !== idempotency.requestHash)
      throw new AppError(
        'IDEMPOTENCY_CONFLICT',
        'This idempotency key was used for another request. Use a new one.',
        { field: 'idempotencyKey' },
      );
    const task = await store.find(used.taskId, userId);
    if (task) return task;
    throw new AppError('NOT_FOUND', 'The task of this idempotency key has been deleted. Use a new key.', {
      field: 'idempotencyKey',
    });
  }

  /**
   * Accepts the request, or answers with the task of a concurrent request with the same idempotency key.
   * @throws {AppError} NOT_FOUND (a reference), INSUFFICIENT_CREDITS, TOO_MANY_ACTIVE_TASKS, INTERNAL (the database is
   *   busy), and what `findRepeated` throws
   */
  async function accept(
    userId: string,
    { request, referenceImageIds, idempotency }: AcceptOptions,
  ): Promise<TaskSnapshot> {
    const { model, costCredits } = request;
    const references = await images.findOwn(userId, referenceImageIds);
    if (references.includes(null)) throw refusal('missingReference', { costCredits, maxActiveTasks });
    checkReferenceBytes(
      model,
      references.map((image) => image?.byteSize ?? 0),
    );
    const id = uuid();
    const expectedDurationMs = await models.typicalDurationMs(model);
    const outcome = await store.accept({
      ...request,
      id,
      userId,
      provider: model.provider,
      model: model.name,
      referenceImageIds,
      expectedDurationMs,
      timeoutMs: Math.max(taskTimeoutMs, 2 * model.publishedDurationMs),
      maxActiveTasks,
      idempotency,
    });
    if (outcome !== 'accepted') {
      // A concurrent copy of this request may have been accepted, and may have taken the last credits.
      const accepted = await findRepeated(userId, idempotency);
      if (accepted) return accepted;
      throw refusal(outcome, { costCredits, maxActiveTasks });
    }
    const task = await own(userId, id);
    onAccept(task);
    return task;
  }

  return { findRepeated, accept };
}

type Refusal = Exclude<Acceptance, 'accepted'>;

interface Amounts {
  costCredits: number;
  maxActiveTasks: number;
}

function refusal(outcome: Refusal, { costCredits, maxActiveTasks }: Amounts): AppError {
  const insufficientCredits = {
    code: 'INSUFFICIENT_CREDITS',
    message: `This costs ${costCredits} credits and you have fewer.`,
  } as const;
  const refusals: Record<Refusal, { code: ErrorCode; message: string; field?: string }> = {
    tooManyActive: {
      code: 'TOO_MANY_ACTIVE_TASKS',
      message: `${maxActiveTasks} tasks are already running. Wait for one to end.`,
    },
    insufficientCredits,
    // Does not get here: the task of a used key is the answer.
    duplicateKey: insufficientCredits,
    databaseBusy: {
      code: 'INTERNAL',
      message:
        'The database is busy, so nothing was charged. Repeat the request with the same idempotency key.',
    },
    missingReference: {
      code: 'NOT_FOUND',
      message: 'A reference image does not exist. Upload it first.',
      field: 'referenceImages',
    },
  };
  const { code, message, ...details } = refusals[outcome];
  return new AppError(code, message, details);
}
