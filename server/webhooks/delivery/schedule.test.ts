import { expect, it } from 'vitest';
import { retryDelayMs } from './schedule.ts';

it('retries ten times in at least 24 hours, then gives up', () => {
  const pauses = (random: number) =>
    Array.from({ length: 11 }, (_, failures) => retryDelayMs(failures, random));
  expect(pauses(0.5).slice(0, 3)).toEqual([5_000, 30_000, 120_000]);
  expect(pauses(0).at(-1)).toBeNull();
  const hours = (random: number) =>
    pauses(random).reduce<number>((sum, ms) => sum + (ms ?? 0), 0) / 3_600_000;
  expect(hours(0)).toBeGreaterThanOrEqual(24);
  // An endpoint that is not attempted for 12 hours begins its three days of failures again.
  expect(Math.max(...pauses(1).map((ms) => ms ?? 0))).toBeLessThan(12 * 3_600_000);
});
