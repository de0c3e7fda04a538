/** Applies a state that a provider reports: releases the lease, or settles the task. */
import { Prisma } from '../../generated/prisma/client.ts';
import type { ImageService } from '../../images/service.ts';
import type { StoredImage } from '../../images/stored-files.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { GenerationState, ImageProvider } from '../../providers/provider.ts';
import { maxUnansweredPolls, pollDelayMs, refundOf, tickMs, unansweredDelayMs } from '../task.ts';
import { answerChange, runningChange } from './changes.ts';
import { LeaseLost } from './fenced-writes.ts';
import type { Lease } from './lease.ts';
import { persistImages } from './persist-images.ts';
import type { Settlement } from './settle.ts';

interface Dependencies {
  providers: Readonly<Record<string, ImageProvider>>;
  images: ImageService;
  clock: Clock;
  settlement: Settlement;
  /** The least time between two polls of one task of the provider, in milliseconds. */
  pace: (provider: string) => Promise<number>;
  pollIntervalMs: number;
  log: Log;
}

type State<Status extends GenerationState['status']> = Extract<GenerationState, { status: Status }>;

export type StateTransitions = ReturnType<typeof createStateTransitions>;

export function createStateTransitions(dependencies: Dependencies) {
  const { providers, clock, pace, pollIntervalMs } = dependencies;
  const { fail } = dependencies.settlement;

  /** After an inconclusive poll or search: polls again later, or fails the task after too many in a row. */
  async function unanswered(lease: Lease, retryAfterMs = 0): Promise<void> {
    const unansweredPolls = lease.task.unansweredPolls + 1;
    if (unansweredPolls > maxUnansweredPolls) return fail(lease, { code: 'PROVIDER_UNAVAILABLE' });
    const delayMs = Math.max(
      retryAfterMs,
      unansweredDelayMs(unansweredPolls, pollIntervalMs),
      await pace(lease.task.provider),
    );
    return lease.release(delayMs, { unansweredPolls });
  }

  /** Writes the state that the provider reported: release, retry or settle. */
  async function applyState(lease: Lease, state: GenerationState): Promise<void> {
    const { task } = lease;
    switch (state.status) {
      case 'running': {
        const ageMs = clock.nowMs() - task.createdAt.getTime();
        const delayMs = providers[task.provider]?.reports
          ? tickMs
          : Math.max(pollDelayMs(ageMs, pollIntervalMs), await pace(task.provider));
        return lease.release(delayMs, runningChange(task, state, clock.nowMs()));
      }
      case 'succeeded':
        return (await persistAndSettle(lease, state, dependencies)) ? undefined : unanswered(lease);
      case 'failed':
        return retryOrFail(lease, state, fail);
      case 'postponed':
        return lease.release(state.retryAfterMs);
      case 'unknown':
        return unanswered(lease, state.retryAfterMs);
    }
  }

  return { applyState, unanswered };
}

/** @returns whether the task was settled; otherwise a later attempt may get the pictures */
async function persistAndSettle(
  lease: Lease,
  state: State<'succeeded'>,
  { providers, images, settlement, log }: Dependencies,
): Promise<boolean> {
  const { task } = lease;
  // The next attempt polls the operation, or looks for the submission.
  const isFindable = task.submittingAt !== null && providers[task.provider]?.find !== undefined;
  const isElsewhere = task.operation !== null || isFindable;
  const outcome = await persistImages(state.images, lease, { images, isElsewhere, log });
  if ('later' in outcome) return false;
  if ('failure' in outcome) {
    await settlement.fail(lease, outcome.failure, state);
    return true;
  }
  const { images: stored } = outcome;
  const ending = {
    status: 'SUCCESS',
    images: stored,
    refundCredits: refundOf(task, stored.length),
    externalId: state.externalId,
    answer: state.answer,
  } as const;
  await settlement.settle(lease, ending).catch(async (error: unknown) => {
    // After any other error the rows may have been written, so the pictures must stay.
    if (error instanceof LeaseLost) await discardOrphans(task.userId, stored, images);
    throw error;
  });
  return true;
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

async function retryOrFail(lease: Lease, state: State<'failed'>, fail: Settlement['fail']): Promise<void> {
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
