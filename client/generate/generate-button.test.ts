import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDelayed } from './submit-row.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a delayed sign', () => {
  it('shows once its cause has lasted, and goes with it at once', () => {
    const [isOn, setOn] = createSignal(false);
    const isDue = createRoot((dispose) => {
      onTestFinished(dispose);
      return createDelayed(isOn, 120);
    });
    setOn(true);
    vi.advanceTimersByTime(119);
    expect(isDue()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isDue()).toBe(true);
    setOn(false);
    expect(isDue()).toBe(false);
  });

  it('never shows for what is over in a moment', () => {
    const [isOn, setOn] = createSignal(true);
    const isDue = createRoot((dispose) => {
      onTestFinished(dispose);
      return createDelayed(isOn, 120);
    });
    vi.advanceTimersByTime(60);
    setOn(false);
    vi.advanceTimersByTime(200);
    expect(isDue()).toBe(false);
  });
});
