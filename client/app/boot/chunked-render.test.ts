import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChunkedRender } from './schedule.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('makes all chunks due at once in a hidden page', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValueOnce(true);
  const { due } = createChunkedRender(3);
  vi.advanceTimersToNextTimer();
  expect(due()).toBe(3);
});

it('makes one piece due in each task, then no more, and says when all stand', async () => {
  const { due, drawn } = createChunkedRender(2);
  let isDrawn = false;
  void drawn.then(() => (isDrawn = true));
  const seen = [];
  for (let task = 0; task < 4; task += 1) {
    seen.push([due(), isDrawn]);
    vi.advanceTimersToNextTimer();
    await Promise.resolve();
  }
  expect(seen).toEqual([
    [0, false],
    [1, false],
    [2, true],
    [2, true],
  ]);
});
