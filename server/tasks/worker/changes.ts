/** The column changes that a step writes for a task that continues. */
import { Prisma, type Task } from '../../generated/prisma/client.ts';
import type { GenerationState } from '../../providers/provider.ts';
import type { TaskChange } from '../store/queue.ts';
import { estimatePercent, progressOf } from '../task.ts';

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
  const progress = state.started ? progressChange(task, state.percent, nowMs) : {};
  return {
    operation: state.operation ?? Prisma.JsonNull,
    submittingAt: null,
    unansweredPolls: 0,
    heardAt: new Date(nowMs),
    ...(state.externalId && { externalId: state.externalId }),
    ...answerChange(state),
    ...(state.started && startedChange(task, nowMs)),
    ...progress,
  };
}

/** Progress never falls: not when the provider starts over, nor when its figure follows a higher estimate. */
export function progressChange(task: Task, reported: number | undefined, nowMs: number): TaskChange {
  const elapsedMs = task.startedAt ? nowMs - task.startedAt.getTime() : 0;
  const percent =
    reported ??
    (task.progressSource === 'PROVIDER' ? 0 : estimatePercent(elapsedMs, task.expectedDurationMs));
  // What a client may have seen: an estimate moves on between two writes.
  const known = progressOf(task, nowMs).percent ?? 0;
  if (percent < known) return {};
  return {
    progressPercent: Math.min(99, percent),
    ...(reported !== undefined && { progressSource: 'PROVIDER' }),
  };
}
