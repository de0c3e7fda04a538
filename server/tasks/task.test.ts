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

  it('tells the seconds left, and null once overdue', () => {
    expect(progressOf(task({}), 4_000).etaSeconds).toBe(6);
    expect(progressOf(task({}), 11_000).etaSeconds).toBeNull();
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
