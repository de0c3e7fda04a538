/** The column changes that a step writes for a task that continues. */
import { Prisma, type Task } from '../../generated/prisma/client.ts';
import type { GenerationState } from '../../providers/provider.ts';
import type { TaskChange } from '../store/batched-writes.ts';
import { progressOf } from '../task.ts';

/** Marks the task as started, where it was not. */
export function startedChange(task: Task, nowMs: number): TaskChange {
  return task.startedAt ? {} : { status: 'PROCESSING', startedAt: new Date(nowMs) };
}

/** Stores the provider's raw answer. */
export function answerChange(state: GenerationState): TaskChange {
  return state.answer === undefined ? {} : { providerAnswer: state.answer ?? Prisma.JsonNull };
}

/** The provider has queued the work or works on it. */
export function runningChange(
  task: Task,
  state: Extract<GenerationState, { status: 'running' }>,
  nowMs: number,
): TaskChange {
  const isReported = state.started && state.percent !== undefined;
  return {
    operation: state.operation ?? Prisma.JsonNull,
    submittingAt: null,
    unansweredPolls: 0,
    heardAt: new Date(nowMs),
    ...(state.externalId && { externalId: state.externalId }),
    ...answerChange(state),
    ...(state.started && startedChange(task, nowMs)),
    ...(isReported && progressChange(task, state.percent ?? 0, nowMs)),
  };
}

/**
 * Whether the change says anything beyond the raw answer and its time. A poll or report without news is not written, so
 * the version rises for facts only.
 */
export function hasNews(task: Task, change: TaskChange): boolean {
  return (
    task.operation === null ||
    task.submittingAt !== null ||
    task.unansweredPolls > 0 ||
    (change.externalId !== undefined && change.externalId !== task.externalId) ||
    change.startedAt !== undefined ||
    change.progressPercent !== undefined
  );
}

/** The least rise of a reported percentage that is written: it bounds the writes of a long task. */
const stepPercent = 20;

/**
 * Progress never falls: not when the provider starts over, nor when its figure follows a higher estimate. Estimates are
 * computed when they are read and never written.
 */
export function progressChange(task: Task, reported: number, nowMs: number): TaskChange {
  // What a client may have seen.
  const known = progressOf(task, nowMs).percent ?? 0;
  if (reported < known) return {};
  const isReported = task.progressSource === 'PROVIDER' && task.progressPercent !== null;
  if (isReported && reported < known + stepPercent) return {};
  return { progressPercent: Math.min(99, reported), progressSource: 'PROVIDER' };
}
