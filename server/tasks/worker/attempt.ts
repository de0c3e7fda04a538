/** What a worker does with a task under one lease: submit, poll, persist images, or cancel at the provider. */
import { isUniqueViolation } from '../../database/errors.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { ImageService, StoredImage } from '../../images/service.ts';
import type { Clock } from '../../lib/clock.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import {
  type GenerationFailure,
  type GenerationRequest,
  type GenerationState,
  type ImageProvider,
  type ProviderReport,
  type ReferenceImage,
} from '../../providers/provider.ts';
import {
  failures,
  isFinal,
  maxUnansweredPolls,
  optionsOf,
  pollDelayMs,
  refundOf,
  searchMs,
  silenceMs,
  tickMs,
  unansweredDelayMs,
} from '../task.ts';
import type { Ending } from '../store/lifecycle.ts';
import { answerChange, progressChange, runningChange, startedChange } from './changes.ts';
import type { Canceler } from './cancel.ts';
import { persistImages } from './persist-images.ts';
import { type Lease, LeaseLost } from './lease.ts';
import { createPace } from './pace.ts';

interface Dependencies {
  providers: Readonly<Record<string, ImageProvider>>;
  images: ImageService;
  clock: Clock;
  countRunning: (provider: string) => Promise<number>;
  canceler: Canceler;
  pollIntervalMs: number;
  log: Log;
}

/** The steps of an attempt. Each ends by releasing the lease or settling the task. */
export function createAttempts({
  providers,
  images,
  clock,
  countRunning,
  canceler,
  pollIntervalMs,
  log,
}: Dependencies) {
  const pace = createPace({ providers, countRunning });

  /**
   * Settles the task. Where another task has the same external id, the task settles without it; a success of a provider
   * that is polled by that id fails instead, because the pictures may be the other task's.
   */
  const settle = (lease: Lease, ending: Ending): Promise<void> =>
    lease.settle(ending).catch((error: unknown) => {
      const isOwn = ending.status !== 'SUCCESS' || providers[lease.task.provider]?.poll === undefined;
      if (!isOwn || ending.externalId === undefined || !isUniqueViolation(error)) throw error;
      return lease.settle({ ...ending, externalId: undefined });
    });

  const fail = (lease: Lease, cause: GenerationFailure, state?: GenerationState) => {
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
  };

  async function submit(lease: Lease, provider: ImageProvider): Promise<void> {
    const { task } = lease;
    const references = await readReferences(lease, images);
    if (!references) return fail(lease, { code: 'REFERENCE_UNUSABLE' });
    const request = requestOf(lease, references);
    // Without `poll` the call itself is the work, which is under way from now on.
    const started = provider.poll ? {} : startedChange(lease.task, clock.nowMs());
    await lease.change({ attempt: request.attempt, submittingAt: new Date(clock.nowMs()), ...started });
    const ticking = provider.poll ? undefined : tickProgress(lease, clock, pollIntervalMs);
    let state: GenerationState | undefined;
    try {
      state = await provider.start(request, { signal: lease.signal }).finally(() => ticking?.stop());
      if (state.status !== 'unknown') return await applyState(lease, state);
    } catch (error) {
      // The task ended during the call, so no attempt will fetch these pictures. Where only the lease was lost, the
      // node that took over adopts the work.
      const isOver = error instanceof LeaseLost ? !(await lease.isAwaited()) : !provider.find;
      if (isOver && state?.status === 'running') await cancelOrphan(task.provider, state.operation);
      if (error instanceof LeaseLost || provider.find) throw error;
      // The answer cannot be fetched again, and the provider is not at fault.
      log.error({ taskId: task.id, error }, 'the answer to a submission was lost');
      return fail(lease, { code: 'INTERNAL' });
    }
    // Whether the provider took it is unknown: the next attempt looks for it, where the provider can find it.
    if (provider.find) return lease.release(tickMs);
    return fail(lease, { code: 'PROVIDER_UNAVAILABLE', reason: 'UNANSWERED' }, state);
  }

  /**
   * A submission was made and its answer is unknown, because the process or the connection ended. The provider may have
   * taken it, so it is never sent again: it is found at the provider, or the task fails.
   */
  async function recover(lease: Lease, provider: ImageProvider, submittedAt: Date): Promise<void> {
    if (!provider.find) return fail(lease, { code: 'PROVIDER_LOST', reason: 'INTERRUPTED' });
    const { id: taskId, attempt } = lease.task;
    const ageMs = clock.nowMs() - submittedAt.getTime();
    const found = await provider.find({ taskId, attempt, ageMs }, { signal: readSignal(lease) });
    if (lease.stopping.aborted && found?.status === 'unknown') return lease.release(0);
    if (found && found.status !== 'unknown') return applyState(lease, found); // Also `postponed`: a rate limit kept the search from being made.
    if (ageMs < searchMs) return lease.release(tickMs);
    // It was found before and its pictures could not be fetched: an inconclusive search does not end the task.
    if (found && lease.task.unansweredPolls > 0) return unanswered(lease, found.retryAfterMs);
    return fail(lease, { code: 'PROVIDER_UNAVAILABLE', reason: 'NOT_FOUND' });
  }

  async function follow(lease: Lease, provider: ImageProvider): Promise<void> {
    if (!provider.poll) return fail(lease, { code: 'PROVIDER_LOST' });
    const { heardAt, startedAt } = lease.task;
    const isHeard =
      provider.reports &&
      heardAt &&
      clock.nowMs() - heardAt.getTime() < Math.max(silenceMs, await pace(lease.task.provider));
    if (isHeard)
      return lease.release(
        tickMs,
        startedAt ? progressChange(lease.task, undefined, clock.nowMs()) : undefined,
      );
    const state = await provider.poll(lease.task.operation as JsonValue, { signal: readSignal(lease) });
    if (lease.stopping.aborted && state.status === 'unknown') return lease.release(0);
    return applyState(lease, state);
  }

  /**
   * Removes stored pictures whose settle was refused. The answer of an earlier, successful settle may have been lost, and
   * the task changed since because one of its pictures was deleted: pictures with a row stay.
   */
  async function discardOrphans(userId: string, stored: StoredImage[]): Promise<void> {
    const ids = stored.map(({ id }) => id);
    const rows = await images.findOwn(userId, ids).catch(() => undefined);
    if (rows) await images.discard(stored.filter((_, index) => rows[index] === null)); // Otherwise the sweep removes them.
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
      case 'succeeded': {
        // The next attempt polls the operation, or looks for the submission.
        const isFindable = task.submittingAt !== null && providers[task.provider]?.find !== undefined;
        const isElsewhere = task.operation !== null || isFindable;
        const outcome = await persistImages(state.images, lease, { images, isElsewhere, log });
        if ('failure' in outcome) return fail(lease, outcome.failure, state);
        if ('later' in outcome) return unanswered(lease);
        const { images: stored } = outcome;
        const refundCredits = refundOf(task, stored.length);
        const ending = {
          status: 'SUCCESS',
          images: stored,
          refundCredits,
          externalId: state.externalId,
          answer: state.answer,
        } as const;
        return settle(lease, ending).catch(async (error: unknown) => {
          // After any other error the rows may have been written, so the pictures must stay.
          if (error instanceof LeaseLost) await discardOrphans(task.userId, stored);
          throw error;
        });
      }
      case 'failed': {
        const { retry } = state.failure;
        const fits = retry && retry.afterMs < lease.leftMs();
        if (!fits || task.attempt >= (retry.maxAttempts ?? Infinity))
          return fail(lease, state.failure, state);
        const change = {
          submittingAt: null,
          operation: Prisma.DbNull,
          externalId: null,
          ...answerChange(state),
        };
        return lease.release(retry.afterMs, change);
      }
      case 'postponed':
        return lease.release(state.retryAfterMs);
      case 'unknown':
        return unanswered(lease, state.retryAfterMs);
    }
  }

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

  /** A node of an earlier version settled the task and left the cancel at the provider to the next attempt. */
  async function cancelUpstream(lease: Lease): Promise<void> {
    const { provider, operation } = lease.task;
    if (operation !== null) await canceler.cancel(provider, operation as JsonValue);
    return lease.release(null);
  }

  /** Runs the step that the task's state calls for. Resolves when the lease is released or the task settled. @throws {LeaseLost} */
  async function runAttempt(lease: Lease): Promise<void> {
    const { task } = lease;
    const provider = providers[task.provider];
    if (isFinal(task)) return cancelUpstream(lease);
    if (lease.leftMs() <= 0) return fail(lease, { code: 'TIMEOUT' });
    if (!provider) return lease.release(tickMs); // Left to a node that has the provider.
    if (task.operation !== null) return follow(lease, provider);
    if (task.submittingAt) return recover(lease, provider, task.submittingAt);
    return submit(lease, provider);
  }

  /** Applies a state that the provider reported by webhook. @throws {LeaseLost} */
  async function handleReport(lease: Lease, { attempt, state }: ProviderReport): Promise<void> {
    const { task } = lease;
    // It is about an earlier or an unknown submission, not this one.
    const isOther =
      attempt !== task.attempt || (task.externalId !== null && task.externalId !== state.externalId);
    if (isOther || state.status === 'unknown') return lease.release(0);
    return applyState(lease, state);
  }

  /** Cancels work at the provider that no task waits for. */
  async function cancelOrphan(providerName: string, operation: JsonValue): Promise<void> {
    await canceler
      .cancel(providerName, operation)
      .catch((error: unknown) => log.warn({ error }, 'an orphan is left to the time limit of its provider'));
  }

  return { runAttempt, handleReport, cancelOrphan };
}

/** For read-only calls, which another node repeats when this one stops. */
function readSignal({ signal, stopping }: Lease): AbortSignal {
  return AbortSignal.any([signal, stopping]);
}

function requestOf({ task, leftMs }: Lease, references: ReferenceImage[]): GenerationRequest {
  return {
    taskId: task.id,
    attempt: task.attempt + 1,
    model: task.model,
    scene: task.scene,
    prompt: task.prompt,
    references,
    options: optionsOf(task),
    providerOptions: task.providerOptions as JsonObject,
    timeLeftMs: leftMs(),
  };
}

/** All reference images in order; null where one is missing, so that none is silently left out. */
async function readReferences(lease: Lease, images: ImageService): Promise<ReferenceImage[] | null> {
  const references = await lease.references();
  const read = await Promise.all(references.map(({ image }) => (image ? images.read(image) : null)));
  return read.every((reference) => reference !== null) ? read : null;
}

/** Advances the estimated progress during a call that reports nothing until it is done. */
function tickProgress(lease: Lease, clock: Clock, intervalMs: number) {
  let isWriting = false;
  const timer = setInterval(() => {
    const change = progressChange(lease.task, undefined, clock.nowMs());
    if (isWriting || change.progressPercent === lease.task.progressPercent) return;
    isWriting = true;
    // A lost lease has aborted the call already; any other error shows in the call's own writes.
    lease
      .change(change)
      .catch(() => {})
      .finally(() => (isWriting = false));
  }, intervalMs);
  return { stop: () => clearInterval(timer) };
}
