/**
 * What follows from the state of a task. The terms are defined in docs/architecture.md; the states between PENDING and the
 * end, and the condition of each write, are in `worker/worker.ts`.
 *
 * ```
 * PENDING ──> PROCESSING ──> SUCCESS | FAILED | CANCELED
 *    └───────────────────────^
 * ```
 */
import type { ProgressSource, Task, TaskStatus } from '../generated/prisma/client.ts';
import { type FailureCode, failureCodes } from '../lib/failures.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import type { GenerationOptions, Scene } from '../providers/provider.ts';
import type { TaskSnapshot } from './store/snapshot.ts';

export function isFinal(task: { status: TaskStatus }): boolean {
  return task.status === 'SUCCESS' || task.status === 'FAILED' || task.status === 'CANCELED';
}

/** The options as accepted; `count` is always there, whatever version wrote the row. */
export function optionsOf({ options }: Pick<Task, 'options'>): GenerationOptions {
  const accepted = isJsonObject(options) ? options : {};
  const { count } = accepted;
  return { ...accepted, count: typeof count === 'number' && count >= 1 ? Math.floor(count) : 1 };
}

/** Further inputs by the provider's own names; empty where another version wrote none. */
export function providerOptionsOf({ providerOptions }: Pick<Task, 'providerOptions'>): JsonObject {
  return isJsonObject(providerOptions) ? providerOptions : {};
}

export const taskStatuses = [
  'PENDING',
  'PROCESSING',
  'SUCCESS',
  'FAILED',
  'CANCELED',
] as const satisfies TaskStatus[];
const progressSources = ['PROVIDER', 'ESTIMATE'] as const satisfies ProgressSource[];

// During a rolling upgrade an older node reads what a newer one wrote. What follows stands for values that it does not
// know, so that one row does not make a whole answer unreadable.

/** The task's status; for an unknown one, a known one that says the same of its end. */
export function knownStatus(
  task: Pick<Task, 'status' | 'completedAt'> & { images?: readonly unknown[] },
): TaskStatus {
  if (taskStatuses.includes(task.status)) return task.status;
  if (task.completedAt === null) return 'PROCESSING';
  return task.images?.length ? 'SUCCESS' : 'FAILED';
}

/** The task's scene; for an unknown one, by whether it starts from images. */
export function knownScene(task: Pick<TaskSnapshot, 'scene' | 'referenceImages'>): Scene {
  if (task.scene === 'TEXT_TO_IMAGE' || task.scene === 'IMAGE_TO_IMAGE') return task.scene;
  return task.referenceImages.length > 0 ? 'IMAGE_TO_IMAGE' : 'TEXT_TO_IMAGE';
}

/** Why the task failed, `PROVIDER_ERROR` for an unknown reason; null where it did not. */
export function knownFailure(
  task: Pick<Task, 'status' | 'completedAt' | 'failureCode'> & { images?: readonly unknown[] },
): FailureCode | null {
  if (knownStatus(task) !== 'FAILED') return null;
  return failureCodes.find((code) => code === task.failureCode) ?? 'PROVIDER_ERROR';
}

export interface Progress {
  /** 0 to 100; 100 only in SUCCESS; null while nothing can be said. */
  percent: number | null;
  source: ProgressSource;
  /** Seconds left; null when unknown or overdue. */
  etaSeconds: number | null;
}

/** The progress of the task at that instant. Percent and remaining time come from one estimate and never disagree. */
export function progressOf(task: Task, nowMs: number): Progress {
  const { progressPercent: percent } = task;
  const source = progressSources.find((known) => known === task.progressSource) ?? 'ESTIMATE';
  const status = knownStatus(task);
  if (status === 'SUCCESS') return { percent: 100, source, etaSeconds: 0 };
  if (!task.startedAt) return { percent, source, etaSeconds: null };
  // An estimate stays where it was at the end.
  const atMs = Math.min(nowMs, task.completedAt?.getTime() ?? nowMs);
  const elapsedMs = Math.max(0, atMs - task.startedAt.getTime());
  const estimate =
    source === 'PROVIDER' && percent !== null
      ? { percent, leftMs: leftByReport(percent, elapsedMs, task.expectedDurationMs) }
      : estimateByTime(percent, elapsedMs, task.expectedDurationMs);
  return {
    percent: estimate.percent,
    source,
    etaSeconds: estimate.leftMs > 0 && !isFinal({ status }) ? Math.ceil(estimate.leftMs / 1000) : null,
  };
}

/** Reports below this percentage say too little of the rate of the work. */
const minRatedPercent = 10;

/** The remaining time at the rate of the reports so far; by the expected duration while they say too little. */
function leftByReport(percent: number, elapsedMs: number, expectedDurationMs: number): number {
  if (percent >= minRatedPercent) return (elapsedMs * (100 - percent)) / percent;
  return elapsedMs < expectedDurationMs ? (expectedDurationMs * (100 - percent)) / 100 : 0;
}

/** The estimate by the time elapsed, or by the stored percentage, which an earlier version wrote, where that is further. */
function estimateByTime(known: number | null, elapsedMs: number, expectedDurationMs: number) {
  const knownMs = (Math.min(known ?? 0, percentAtExpected) / percentAtExpected) * expectedDurationMs;
  const workedMs = Math.max(elapsedMs, knownMs);
  return {
    percent: Math.max(known ?? 0, estimatePercent(elapsedMs, expectedDurationMs)),
    leftMs: expectedDurationMs - workedMs,
  };
}

/** What an estimate has reached at the expected duration. */
const percentAtExpected = 90;

/**
 * Percent by the time elapsed: straight to 90 at the expected duration, then ever slower towards 99, so that a late
 * task neither stops moving nor claims to be done.
 */
export function estimatePercent(elapsedMs: number, expectedDurationMs: number): number {
  const ratio = Math.max(0, elapsedMs) / expectedDurationMs;
  return Math.floor(
    ratio <= 1 ? percentAtExpected * ratio : percentAtExpected + 9 * (1 - Math.exp(1 - ratio)),
  );
}

/** The pause before the next poll: `intervalMs` while the work is young, then longer, up to 5 s. */
export function pollDelayMs(ageMs: number, intervalMs: number): number {
  const slowdown = ageMs < 15_000 ? 1 : ageMs < 45_000 ? 2 : 5;
  return Math.min(intervalMs * slowdown, Math.max(intervalMs, 5_000));
}

/** A provider that sends webhooks is polled after this long without one, in case one was lost. */
export const silenceMs = 15_000;

/** The pause before a task is looked at again where nothing could be done for it. */
export const recheckMs = 1_000;

/** How long to search for a submission whose answer was lost; afterwards the task fails. */
export const searchMs = 20_000;

/** The pause after consecutive inconclusive polls: doubling from the interval, up to 5 s. */
export function unansweredDelayMs(unanswered: number, intervalMs: number): number {
  return Math.min(intervalMs * 2 ** Math.min(unanswered, 10), Math.max(intervalMs, 5_000));
}

/** After this many consecutive inconclusive polls, the task fails with PROVIDER_UNAVAILABLE. */
export const maxUnansweredPolls = 20;

/** The credits refunded when a task ends: the share of the images that are missing. */
export function refundOf(task: Pick<Task, 'costCredits' | 'options'>, imagesMade: number): number {
  const { count } = optionsOf(task as Task);
  return Math.floor((task.costCredits * Math.max(0, count - imagesMade)) / count);
}
