import { describe, expect, it } from 'vitest';
import { progressData, taskData } from '../testing/tasks.ts';
import { currentProgress, progressAfter } from './progress.ts';

const estimate = (percent: number, etaSeconds: number | null) =>
  progressData(percent, { source: 'ESTIMATE', etaSeconds });

describe('progressAfter', () => {
  it('moves an estimate to 90 in the time left, then ever slower, and never to the end', () => {
    const progress = estimate(30, 20);
    expect(progressAfter(progress, 0)).toEqual(progress);
    expect(progressAfter(progress, 10_000)).toMatchObject({ percent: 60, etaSeconds: 10 });
    expect(progressAfter(progress, 20_000)).toMatchObject({ percent: 90, etaSeconds: null });
    expect(progressAfter(progress, 600_000)).toMatchObject({ percent: 98, etaSeconds: null });
  });

  it('never falls, and never reaches 100', () => {
    for (let percent = 0; percent < 100; percent += 1)
      for (const etaSeconds of [null, 1, 30]) {
        let last = percent;
        for (let elapsedMs = 0; elapsedMs < 100_000; elapsedMs += 500) {
          const now = progressAfter(estimate(percent, etaSeconds), elapsedMs).percent!;
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now).toBeLessThan(100);
          last = now;
        }
      }
  });

  it('leaves a figure of the provider as it is, and lets its time run out', () => {
    const progress = progressData(40, { etaSeconds: 12 });
    expect(progressAfter(progress, 5_500)).toEqual({ ...progress, etaSeconds: 7 });
    expect(progressAfter(progress, 15_000)).toEqual({ ...progress, etaSeconds: null });
    expect(progressAfter(progressData(null), 5_000).percent).toBeNull();
  });
});

describe('currentProgress', () => {
  it('counts from when the state was first seen, not from when it was read again', () => {
    const task = taskData({ id: 'counted', progress: estimate(30, 20) });
    expect(currentProgress(task, 1_000).percent).toBe(30);
    const readAgain = { ...task, progress: { ...task.progress } };
    expect(currentProgress(readAgain, 11_000).percent).toBe(60);
    const next = { ...task, version: 2, progress: estimate(50, 20) };
    expect(currentProgress(next, 12_000).percent).toBe(50);
  });
});
