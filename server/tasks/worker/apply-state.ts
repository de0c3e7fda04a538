/** How a step ends: the lease is released until the next step, or the task is settled. */
import { isUniqueViolation } from '../../database/errors.ts';
import { Prisma, type Task } from '../../generated/prisma/client.ts';
import type { ImageService } from '../../images/service.ts';
import type { StoredImage } from '../../images/stored-files.ts';
import type { Clock } from '../../lib/clock.ts';
import { failures } from '../../lib/failures.ts';
import type { Log } from '../../lib/log.ts';
import type { GenerationFailure, GenerationState, ImageProvider } from '../../providers/provider.ts';
import type { Ending } from '../store/lifecycle.ts';
import { maxUnansweredPolls, pollDelayMs, refundOf, silenceMs, unansweredDelayMs } from '../task.ts';
import { answerChange, hasNews, runningChange } from './changes.ts';
import { LeaseLost } from './fenced-writes.ts';
import type { Lease } from './lease.ts';
import { persistImages } from './persist-images.ts';

/** What every step needs. */
export interface StepDependencies {
  providers: Readonly<Record<string, ImageProvider>>;
  images: ImageService;
  clock: Clock;
  /** The least time to the next poll of the task, in milliseconds. */
  pace: (task: Task) => Promise<number>;
  /** Claims no polls of the provider for that time, in milliseconds. */
  holdPolls: (provider: string, forMs: number) => void;
  pollIntervalMs: number;
  log: Log;
}

type State<Status extends GenerationState['status']> = Extract<GenerationState, { status: Status }>;

type Endings = ReturnType<typeof createEndings>;

/** The ends of a step that the states have in common. */
function createEndings({ providers, pace, pollIntervalMs, log }: StepDependencies) {
  /**
   * Settles the task. Where another task has the same external id, the task settles without it; but a success of a
   * provider that is polled by that id is not written, because the pictures may be the other task's.
   * @throws {LeaseLost} and the unique violation of such a success
   */
  async function settle(lease: Lease, ending: Ending): Promise<void> {
    try {
      await lease.settle(ending);
    } catch (error) {
      const isOwn = ending.status !== 'SUCCESS' || providers[lease.task.provider]?.poll === undefined;
      if (!isOwn || ending.externalId === undefined || !isUniqueViolation(error)) throw error;
      await lease.settle({ ...ending, externalId: undefined });
    }
  }

  /** Settles the task as failed and refunds it; after its deadline the failure is TIMEOUT, whatever the cause. */
  function fail(lease: Lease, cause: GenerationFailure, state?: GenerationState): Promise<void> {
    // A call that the deadline cut off says nothing about the provider.
    const isLate = lease.leftMs() <= 0;
    const failure: GenerationFailure = isLate ? { code: 'TIMEOUT' } : cause;
    log.info({ taskId: lease.task.id, code: failure.code, reason: failure.reason }, 'task failed');
    return settle(lease, {
      status: 'FAILED',
      failureCode: failure.code,
      refundCredits: refundOf(lease.task, 0),
      externalId: state?.externalId,
      answer: state?.answer,
      cancelUpstream: failures[failure.code].mayStillRun,
    });
  }

  /** After an inconclusive poll or search: polls again later, or fails the task after too many in a row. */
  async function unanswered(lease: Lease, retryAfterMs = 0): Promise<void> {
    const unansweredPolls = lease.task.unansweredPolls + 1;
    if (unansweredPolls > maxUnansweredPolls) return fail(lease, { code: 'PROVIDER_UNAVAILABLE' });
    const delayMs = Math.max(
      retryAfterMs,
      unansweredDelayMs(unansweredPolls, pollIntervalMs),
      await pace(lease.task),
    );
    return lease.release(delayMs, { unansweredPolls });
  }

  return { settle, fail, unanswered };
}

export type StateTransitions = ReturnType<typeof createStateTransitions>;

export function createStateTransitions(dependencies: StepDependencies) {
  const { providers, clock, pace, holdPolls, pollIntervalMs } = dependencies;
  const endings = createEndings(dependencies);
  const persistAndSettle = createPersistAndSettle(dependencies, endings);

  /** Writes the state that the provider reported: release, retry or settle. */
  async function applyState(lease: Lease, state: GenerationState): Promise<void> {
    const { task } = lease;
    switch (state.status) {
      case 'running': {
        const nowMs = clock.nowMs();
        const ageMs = nowMs - task.createdAt.getTime();
        // A provider that reports is polled where it is silent.
        const usualMs = providers[task.provider]?.reports ? silenceMs : pollDelayMs(ageMs, pollIntervalMs);
        const delayMs = Math.max(usualMs, await pace(task));
        const change = runningChange(task, state, nowMs);
        return lease.release(delayMs, hasNews(task, change) ? change : undefined);
      }
      case 'succeeded':
        return persistAndSettle(lease, state);
      case 'failed':
        return retryOrFail(lease, state, endings);
      case 'postponed':
        holdPolls(task.provider, state.retryAfterMs);
        return lease.release(state.retryAfterMs);
      case 'unknown':
        return endings.unanswered(lease, state.retryAfterMs);
    }
  }

  return { ...endings, applyState };
}

function createPersistAndSettle({ providers, images, log }: StepDependencies, endings: Endings) {
  /** Settles the task with its pictures; where a later step may get them, leaves them to it. */
  return async (lease: Lease, state: State<'succeeded'>): Promise<void> => {
    const { task } = lease;
    // The next step polls the operation, or looks for the submission.
    const isFindable = task.submittingAt !== null && providers[task.provider]?.find !== undefined;
    const isElsewhere = task.operation !== null || isFindable;
    const outcome = await persistImages(state.images, lease, { images, isElsewhere, log });
    if ('later' in outcome) return endings.unanswered(lease);
    if ('failure' in outcome) return endings.fail(lease, outcome.failure, state);
    const { images: stored } = outcome;
    try {
      await endings.settle(lease, {
        status: 'SUCCESS',
        images: stored,
        refundCredits: refundOf(task, stored.length),
        externalId: state.externalId,
        answer: state.answer,
      });
    } catch (error) {
      // After any other error the rows may have been written, so the pictures must stay.
      if (error instanceof LeaseLost) await discardOrphans(task.userId, stored, images);
      throw error;
    }
  };
}

/**
 * Removes stored pictures whose settle was refused. The answer of an earlier, successful settle may have been lost, and
 * the task changed since because one of its pictures was deleted: pictures with a row stay.
 */
async function discardOrphans(userId: string, stored: StoredImage[], images: ImageService): Promise<void> {
  const ids = stored.map(({ id }) => id);
  const rows = await images.findOwn(userId, ids).catch(() => undefined);
  if (rows) await images.discard(stored.filter((_, index) => rows[index] === null)); // Otherwise the sweep removes them.
}

async function retryOrFail(lease: Lease, state: State<'failed'>, { fail }: Endings): Promise<void> {
  const { task } = lease;
  const { retry } = state.failure;
  const fits = retry && retry.afterMs < lease.leftMs();
  if (!fits || task.attempt >= (retry.maxAttempts ?? Infinity)) return fail(lease, state.failure, state);
  const change = {
    submittingAt: null,
    operation: Prisma.DbNull,
    externalId: null,
    ...answerChange(state),
  };
  return lease.release(retry.afterMs, change);
}
