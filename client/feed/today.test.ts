import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createToday } from './today.ts';

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
