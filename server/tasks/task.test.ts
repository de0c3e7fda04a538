import { describe, expect, it } from 'vitest';
import type { Task } from '../generated/prisma/client.ts';
import { estimatePercent, pollDelayMs, progressOf, refundOf } from './task.ts';

describe('estimatePercent', () => {
  it('never falls and never says that it is done', () => {
    let last = 0;
    for (let elapsedMs = 0; elapsedMs < 200_000; elapsedMs += 500) {
      const percent = estimatePercent(elapsedMs, 10_000);
      expect(percent).toBeGreaterThanOrEqual(last);
      expect(percent).toBeLessThan(100);
      last = percent;
    }
    expect(estimatePercent(5_000, 10_000)).toBe(45);
  });
});

describe('pollDelayMs', () => {
  it('slows down with age, up to 5 s', () => {
    expect([0, 20_000, 100_000].map((age) => pollDelayMs(age, 1_000))).toEqual([1_000, 2_000, 5_000]);
  });
});

describe('progressOf', () => {
  const task = (changes: Partial<Task>) =>
    ({
      status: 'PROCESSING',
      progressPercent: 40,
      progressSource: 'ESTIMATE',
      startedAt: new Date(0),
      expectedDurationMs: 10_000,
      ...changes,
    }) as Task;

  it('stays where it was at a failure', () => {
    const failed = task({ status: 'FAILED', completedAt: new Date(5_000) });
    expect(progressOf(task({}), 5_000).percent).toBe(45);
    expect(progressOf(failed, 60_000)).toEqual({ percent: 45, source: 'ESTIMATE', etaSeconds: null });
  });

  it('tells the seconds left, and null once overdue', () => {
    expect(progressOf(task({}), 4_000).etaSeconds).toBe(6);
    expect(progressOf(task({}), 11_000).etaSeconds).toBeNull();
  });

  it('never puts a high percentage beside a long remaining time, wherever either comes from', () => {
    for (const progressSource of ['PROVIDER', 'ESTIMATE'] as const)
      for (let progressPercent = 0; progressPercent < 100; progressPercent++)
        for (const elapsedMs of [0, 500, 15_000, 59_000, 200_000]) {
          const progress = progressOf(
            task({ progressSource, progressPercent, expectedDurationMs: 60_000 }),
            elapsedMs,
          );
          const percent = progress.percent ?? 0;
          const leftMs = (progress.etaSeconds ?? 0) * 1000;
          const at = `${progressSource} ${progressPercent} % after ${elapsedMs} ms: ${JSON.stringify(progress)}`;
          expect(percent, at).toBeGreaterThanOrEqual(progressPercent);
          // What is left is no more than its share of a whole that began with the work, give or take a second.
          const wholeMs = Math.max(60_000, (elapsedMs * 100) / Math.max(percent, 10));
          expect(leftMs, at).toBeLessThanOrEqual((wholeMs * (100 - percent)) / 100 + 1_000);
        }
  });

  it('counts the remaining time from what the provider reports', () => {
    const reported = (progressPercent: number, elapsedMs: number) =>
      progressOf(task({ progressSource: 'PROVIDER', progressPercent, expectedDurationMs: 60_000 }), elapsedMs)
        .etaSeconds;
    // Whatever was expected: this was "99 % · about 45 s left".
    expect(reported(99, 15_000)).toBe(1);
    expect(reported(50, 90_000)).toBe(90);
    expect(reported(5, 1_000)).toBe(57);
    expect(reported(5, 61_000)).toBeNull();
  });

  it('moves the estimate on between two writes, percentage and time together', () => {
    expect(progressOf(task({}), 5_000)).toMatchObject({ percent: 45, etaSeconds: 5 });
    expect(progressOf(task({ progressPercent: 80 }), 1_000)).toMatchObject({ percent: 80, etaSeconds: 2 });
  });

  it('says nothing before the work has begun', () => {
    const queued = task({ status: 'PENDING', progressPercent: null, startedAt: null });
    expect(progressOf(queued, 4_000)).toMatchObject({ percent: null, etaSeconds: null });
  });

  it('is 100 in SUCCESS only', () => {
    expect(progressOf(task({ status: 'SUCCESS' }), 0).percent).toBe(100);
    expect(progressOf(task({ status: 'FAILED' }), 0).percent).toBe(40);
  });
});

describe('refundOf', () => {
  it('gives back the share of the missing pictures', () => {
    const task = { costCredits: 16, options: { count: 4 } };
    expect([0, 1, 3, 4].map((made) => refundOf(task, made))).toEqual([16, 12, 4, 0]);
  });
});
