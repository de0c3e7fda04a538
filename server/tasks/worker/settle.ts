import { isUniqueViolation } from '../../database/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { GenerationFailure, GenerationState, ImageProvider } from '../../providers/provider.ts';
import type { Ending } from '../store/lifecycle.ts';
import { failures, refundOf } from '../task.ts';
import type { Lease } from './lease.ts';

interface Dependencies {
  providers: Readonly<Record<string, Pick<ImageProvider, 'poll'>>>;
  log: Log;
}

export type Settlement = ReturnType<typeof createSettlement>;

/** The ends of an attempt that settle its task. */
export function createSettlement({ providers, log }: Dependencies) {
  /**
   * Settles the task. Where another task has the same external id, the task settles without it; but a success of a
   * provider that is polled by that id is not written, because the pictures may be the other task's.
   * @throws {LeaseLost} and the unique violation of such a success
   */
  const settle = (lease: Lease, ending: Ending): Promise<void> =>
    lease.settle(ending).catch((error: unknown) => {
      const isOwn = ending.status !== 'SUCCESS' || providers[lease.task.provider]?.poll === undefined;
      if (!isOwn || ending.externalId === undefined || !isUniqueViolation(error)) throw error;
      return lease.settle({ ...ending, externalId: undefined });
    });

  /** Settles the task as failed and refunds it; after its deadline the failure is TIMEOUT, whatever the cause. */
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

  return { settle, fail };
}
