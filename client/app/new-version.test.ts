import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchForNewVersion } from './new-version.ts';

function start(current: string | undefined, latest: () => Promise<string | undefined>) {
  const onNewer = vi.fn<() => void>();
  const fetchLatest = vi.fn(latest);
  const { check, dispose } = createRoot((dispose) => ({
    dispose,
    check: watchForNewVersion({ current, fetchLatest, onNewer }),
  }));
  onTestFinished(dispose);
  const look = async () => {
    check();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { look, onNewer, fetchLatest, dispose };
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe('a newer version', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is noticed once', async () => {
    let latest = 'one';
    const { onNewer } = start('one', async () => latest);
    await minutes(11);
    expect(onNewer).not.toHaveBeenCalled();
    latest = 'two';
    await minutes(30);
    expect(onNewer).toHaveBeenCalledTimes(1);
  });

  it('is asked for when the page is looked at again, but not many times a minute', async () => {
    const { onNewer, fetchLatest } = start('one', async () => 'two');
    document.dispatchEvent(new Event('visibilitychange'));
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(fetchLatest).toHaveBeenCalledTimes(1);
    expect(onNewer).toHaveBeenCalledTimes(1);
  });

  it('is not taken from a server that is away or has no client', async () => {
    let answer = (): Promise<string | undefined> => Promise.reject(new TypeError('Failed to fetch'));
    const { look, onNewer } = start('one', () => answer());
    await look();
    answer = async () => undefined;
    await minutes(1);
    await look();
    expect(onNewer).not.toHaveBeenCalled();
  });

  it('is not asked for by a client that was not built, nor after the end', async () => {
    const unbuilt = start(undefined, async () => 'two');
    await unbuilt.look();
    const ended = start('one', async () => 'two');
    ended.dispose();
    await minutes(30);
    expect(unbuilt.fetchLatest).not.toHaveBeenCalled();
    expect(ended.fetchLatest).not.toHaveBeenCalled();
  });
});
