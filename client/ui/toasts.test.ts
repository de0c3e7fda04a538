import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createToasts } from './toasts.tsx';

describe('toasts', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('disappear after ten seconds, and report that their action was not used', () => {
    const toasts = createToasts();
    const onGone = vi.fn();
    toasts.show({ text: 'Deleted.', onGone });
    vi.advanceTimersByTime(9_999);
    expect(toasts.list()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(toasts.list()).toEqual([]);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('stay while hovered or focused', () => {
    const toasts = createToasts();
    toasts.show({ text: 'Deleted.' });
    vi.advanceTimersByTime(9_000);
    toasts.hold(true);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list()).toHaveLength(1);
    toasts.hold(false);
    vi.advanceTimersByTime(10_000);
    expect(toasts.list()).toEqual([]);
  });

  it('stay until dismissed if they show an error', () => {
    const toasts = createToasts();
    toasts.show({ text: 'It did not work.', kind: 'error' });
    vi.advanceTimersByTime(60_000);
    const [toast] = toasts.list();
    expect(toast).toBeDefined();
    toasts.dismiss(toast?.id ?? 0);
    expect(toasts.list()).toEqual([]);
  });
});
