import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConnectionState } from '../api/subscriptions.ts';
import { createConnectionNotice } from './feed-view.tsx';

function start() {
  const [state, setState] = createSignal<ConnectionState>('live');
  const notice = createRoot((dispose) => {
    onTestFinished(dispose);
    return createConnectionNotice(state);
  });
  return { notice, setState };
}

describe('the connection line', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps quiet about trouble that is over within three seconds', () => {
    const { notice, setState } = start();
    setState('reconnecting');
    vi.advanceTimersByTime(2_999);
    expect(notice()).toBe('none');
    setState('live');
    vi.advanceTimersByTime(10_000);
    expect(notice()).toBe('none');
  });

  it('speaks after three seconds, and for four seconds of being back', () => {
    const { notice, setState } = start();
    setState('reconnecting');
    vi.advanceTimersByTime(3_000);
    expect(notice()).toBe('reconnecting');
    setState('live');
    expect(notice()).toBe('back');
    vi.advanceTimersByTime(4_000);
    expect(notice()).toBe('none');
  });

  it('changes from one trouble to the other at once', () => {
    const { notice, setState } = start();
    setState('reconnecting');
    vi.advanceTimersByTime(3_000);
    setState('offline');
    expect(notice()).toBe('offline');
  });

  it('does not leave "back online" on the page when trouble returns within three seconds', () => {
    const { notice, setState } = start();
    setState('offline');
    vi.advanceTimersByTime(3_000);
    setState('live');
    vi.advanceTimersByTime(1_000);
    setState('reconnecting');
    vi.advanceTimersByTime(1_000);
    setState('live');
    vi.advanceTimersByTime(4_000);
    expect(notice()).toBe('none');
  });
});
