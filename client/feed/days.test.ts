import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createToday, groupByDay } from './days.tsx';

const now = new Date(2026, 2, 1, 12);
const task = (id: string, ...date: [number, number, number, number]) => ({
  id,
  createdAt: new Date(...date).toISOString(),
});

describe('groupByDay', () => {
  it('names the days as seen from here, and keeps the order', () => {
    const days = groupByDay(
      [
        task('a', 2026, 2, 1, 11),
        task('b', 2026, 2, 1, 0),
        task('c', 2026, 1, 28, 23),
        task('d', 2026, 1, 3, 10),
        task('e', 2025, 11, 31, 10),
      ],
      now,
    );
    expect(days.map(({ label, tasks }) => [label, tasks.map(({ id }) => id)])).toEqual([
      ['Today', ['a', 'b']],
      ['Yesterday', ['c']],
      ['February 3', ['d']],
      ['December 31, 2025', ['e']],
    ]);
  });
});

describe('the present day', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date(2026, 2, 1, 23, 59, 30) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('changes at midnight, and within a minute after the device has slept', async () => {
    const { today, dispose } = createRoot((end) => ({ today: createToday(), dispose: end }));
    const day = () => today().getDate();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(day()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(day()).toBe(2);
    vi.setSystemTime(new Date(2026, 2, 5, 9));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(day()).toBe(5);
    dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
