import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPolling, type WatchedTask } from './polling.ts';

const task = (id: string, allowedSeconds = 180): WatchedTask => ({
  id,
  createdAt: '2026-03-01T10:00:00.000Z',
  deadlineAt: new Date(Date.parse('2026-03-01T10:00:00.000Z') + allowedSeconds * 1000).toISOString(),
});

function start() {
  const polled: string[] = [];
  const givenUp: string[] = [];
  let isOnline = true;
  const poll = vi.fn(async (id: string): Promise<void> => {
    polled.push(id);
  });
  const polling = createPolling({ poll, onGiveUp: (id) => givenUp.push(id), isOnline: () => isOnline });
  return { polling, poll, polled, givenUp, goOnline: (now: boolean) => (isOnline = now) };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('polling', () => {
  beforeEach(() => {
    // The local clock is years off the server's: only durations may count.
    vi.useFakeTimers({ now: new Date('2031-07-01T00:00:00.000Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('polls each unfinished task after five seconds without an event, and every five from then on', async () => {
    const { polling, polled } = start();
    polling.watch([task('a'), task('b')]);
    await pass(4.999);
    expect(polled).toEqual([]);
    await pass(0.001);
    expect(polled).toEqual(['a', 'b']);
    await pass(5);
    expect(polled).toEqual(['a', 'b', 'a', 'b']);
  });

  it('polls nothing while events arrive', async () => {
    const { polling, polled } = start();
    polling.watch([task('a')]);
    for (let second = 0; second < 20; second += 4) {
      await pass(4);
      polling.onNews('a');
    }
    expect(polled).toEqual([]);
    await pass(5);
    expect(polled).toEqual(['a']);
  });

  it('polls a task without events while events of another arrive', async () => {
    const { polling, polled } = start();
    polling.watch([task('lively'), task('missed')]);
    for (let second = 0; second < 12; second += 1) {
      polling.onNews('lively');
      await pass(1);
    }
    expect(polled).toEqual(['missed', 'missed']);
  });

  it('polls nothing where nothing is unfinished', async () => {
    const { polling, polled } = start();
    polling.watch([task('a')]);
    await pass(5);
    polling.watch([]);
    await pass(60);
    expect(polled).toEqual(['a']);
  });

  it('counts the time without events from the appearance of a task', async () => {
    const { polling, polled } = start();
    await pass(600);
    polling.watch([task('a')]);
    await pass(4.9);
    expect(polled).toEqual([]);
  });

  it('never has two rounds at once, however slow the responses are', async () => {
    const { polling, poll } = start();
    let answer = () => {};
    poll.mockImplementation(() => new Promise((resolve) => (answer = () => resolve())));
    polling.watch([task('a')]);
    await pass(60);
    expect(poll).toHaveBeenCalledOnce();
    answer();
    await pass(5);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('continues after a failed poll', async () => {
    const { polling, poll } = start();
    poll.mockRejectedValueOnce(new Error('no connection'));
    polling.watch([task('a')]);
    await pass(10);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('polls one last time at the deadline and its grace, then never again', async () => {
    const { polling, polled, givenUp } = start();
    polling.watch([task('a', 12)]);
    await pass(20);
    expect(polled).toHaveLength(4);
    expect(givenUp).toEqual([]);
    await pass(2);
    expect(polled).toHaveLength(5);
    expect(givenUp).toEqual(['a']);
    await pass(600);
    expect(polled).toHaveLength(5);
  });

  it('polls the last time at the deadline even while events of other tasks arrive', async () => {
    const { polling, polled } = start();
    polling.watch([task('a', 12), task('b', 180)]);
    for (let second = 0; second < 22; second++) {
      await pass(1);
      polling.onNews('b');
    }
    expect(polled).toContain('a');
  });

  it('does not give up a task whose end the last poll brings', async () => {
    const { polling, poll, givenUp } = start();
    poll.mockImplementation(async () => polling.watch([]));
    polling.watch([task('a', 0)]);
    await pass(10);
    expect(givenUp).toEqual([]);
  });

  it('watches a given-up task again after an event of it', async () => {
    const { polling, polled } = start();
    polling.watch([task('a', 0)]);
    await pass(10);
    const before = polled.length;
    polling.onNews('a');
    await pass(5);
    expect(polled).toHaveLength(before + 1);
  });

  it('postpones its last poll while offline', async () => {
    const { polling, polled, givenUp, goOnline } = start();
    goOnline(false);
    polling.watch([task('a', 0)]);
    await pass(60);
    expect(polled).toEqual([]);
    expect(givenUp).toEqual([]);
    goOnline(true);
    await polling.pollNow();
    expect(polled).toEqual(['a']);
  });

  it('stops', async () => {
    const { polling, polled } = start();
    polling.watch([task('a')]);
    polling.stop();
    await pass(60);
    expect(polled).toEqual([]);
  });
});
