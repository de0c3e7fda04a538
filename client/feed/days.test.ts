import { describe, expect, it } from 'vitest';
import { groupByDay } from './days.ts';

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
    expect(days.map(({ label, taskIds }) => [label, taskIds])).toEqual([
      ['Today', ['a', 'b']],
      ['Yesterday', ['c']],
      ['February 3', ['d']],
      ['December 31, 2025', ['e']],
    ]);
  });
});
