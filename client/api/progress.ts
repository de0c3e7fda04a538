/** The progress of a task between two of its events: the server sends none for an estimate that moves on. */
import type { Task } from './task.ts';

type Progress = Task['progress'];

/** What an estimate has reached when its time has passed, and what it never exceeds. */
const expectedPercent = 90;
const highestPercent = 99;
/** The time in which an overdue estimate covers two thirds of what is left to it. */
const lateMs = 60_000;

/**
 * The progress at that time after it was received. A figure of the provider stays as it is; of both, the remaining time
 * runs out.
 */
export function progressAfter(progress: Progress, elapsedMs: number): Progress {
  const { percent, source, etaSeconds } = progress;
  const etaMs = (etaSeconds ?? 0) * 1000;
  const leftMs = Math.max(0, etaMs - elapsedMs);
  const left = { ...progress, etaSeconds: leftMs > 0 ? Math.ceil(leftMs / 1000) : null };
  if (percent === null || source === 'PROVIDER') return left;
  const atEnd = Math.max(percent, expectedPercent);
  const expected = etaMs > 0 ? percent + (atEnd - percent) * Math.min(1, elapsedMs / etaMs) : percent;
  const overdueMs = Math.max(0, elapsedMs - etaMs);
  const late = Math.max(0, highestPercent - atEnd) * (1 - Math.exp(-overdueMs / lateMs));
  return { ...left, percent: Math.floor(expected + late) };
}

// By task: apart from components, which are created again when the page changes.
const received = new Map<string, { state: string; atMs: number }>();
const maxReceived = 200;

/**
 * The task's progress now. It was received when this was first called for its present state.
 * @param nowMs Milliseconds since the epoch.
 */
export function currentProgress({ id, version, progress }: Task, nowMs: number): Progress {
  const state = `${version} ${progress.percent} ${progress.etaSeconds}`;
  const before = received.get(id);
  if (before?.state === state) return progressAfter(progress, Math.max(0, nowMs - before.atMs));
  received.delete(id);
  received.set(id, { state, atMs: nowMs });
  const [oldest] = received.keys();
  if (oldest !== undefined && received.size > maxReceived) received.delete(oldest);
  return progress;
}
