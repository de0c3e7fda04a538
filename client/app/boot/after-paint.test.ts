import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { afterPaint } from './schedule.ts';

const settled = async () => {
  let isDone = false;
  void afterPaint().then(() => (isDone = true));
  return async (elapsedMs: number) => {
    await vi.advanceTimersByTimeAsync(elapsedMs);
    return isDone;
  };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('after a paint', () => {
  it('is the task after the third frame: by then the first is on the screen', async () => {
    let draw: () => void = () => {};
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => (draw = callback));
    const isDoneAfter = await settled();
    for (const elapsedMs of [100, 1, 1]) {
      expect(await isDoneAfter(elapsedMs)).toBe(false);
      draw();
    }
    expect(await isDoneAfter(1)).toBe(true);
  });

  it('is not waited for without end where nothing is painted', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    const isDoneAfter = await settled();
    expect(await isDoneAfter(199)).toBe(false);
    expect(await isDoneAfter(1)).toBe(true);
  });
});
