import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRateWindows } from './rate-windows.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('counts each key from its first point until the end of its window', () => {
  const windows = createRateWindows(1_000);
  expect(windows.add('a', 2)).toEqual({ points: 2, resetMs: 1_000 });
  vi.advanceTimersByTime(400);
  expect(windows.add('b', 1)).toEqual({ points: 1, resetMs: 1_000 });
  expect(windows.add('a', 1)).toEqual({ points: 3, resetMs: 600 });
  vi.advanceTimersByTime(600);
  expect(windows.add('a', 1)).toEqual({ points: 1, resetMs: 1_000 });
  expect(windows.add('b', 0)).toEqual({ points: 1, resetMs: 400 });
});

it('is never longer than the window', () => {
  const nowMs = 466_166.395_697_093_3;
  expect(nowMs + 60_000 - nowMs).toBeGreaterThan(60_000);
  vi.spyOn(performance, 'now').mockReturnValueOnce(nowMs);
  expect(createRateWindows(60_000).add('a', 1).resetMs).toBe(60_000);
});

it('takes back points, but none that have expired', () => {
  const windows = createRateWindows(1_000);
  windows.add('a', 1);
  windows.subtract('a');
  windows.subtract('a');
  expect(windows.add('a', 1)).toMatchObject({ points: 1 });
  vi.advanceTimersByTime(1_000);
  windows.subtract('a');
  expect(windows.add('a', 1)).toMatchObject({ points: 1 });
});

// Turns red where an attacker with many addresses fills the memory.
it('forgets keys whose window has ended', () => {
  const windows = createRateWindows(1_000);
  for (let address = 0; address < 100; address += 1) windows.add(`address ${address}`, 1);
  vi.advanceTimersByTime(1_000);
  windows.add('a', 1);
  expect(windows.size).toBe(1);
});
