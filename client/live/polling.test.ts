import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPolling, type WatchedTask } from './polling.ts';

const task = (id: string, allowedSeconds = 180): WatchedTask => ({
  id,
  createdAt: '2026-03-01T10:00:00.000Z',
  deadlineAt: new Date(Date.parse('2026-03-01T10:00:00.000Z') + allowedSeconds * 1000).toISOString(),
});

function start() {
  const asked: string[] = [];
  const givenUp: string[] = [];
  let isOnline = true;
  const ask = vi.fn(async (id: string): Promise<void> => {
    asked.push(id);
  });
  const polling = createPolling({ ask, onGiveUp: (id) => givenUp.push(id), isOnline: () => isOnline });
  return { polling, ask, asked, givenUp, goOnline: (now: boolean) => (isOnline = now) };
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

  it('asks about each unfinished task after five seconds of silence, and every five from then on', async () => {
    const { polling, asked } = start();
    polling.watch([task('a'), task('b')]);
    await pass(4.999);
    expect(asked).toEqual([]);
    await pass(0.001);
    expect(asked).toEqual(['a', 'b']);
    await pass(5);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('keeps quiet while news comes', async () => {
    const { polling, asked } = start();
    polling.watch([task('a')]);
    for (let second = 0; second < 20; second += 4) {
      await pass(4);
      polling.heard('a');
    }
    expect(asked).toEqual([]);
    await pass(5);
    expect(asked).toEqual(['a']);
  });

  it('asks about a task that falls silent while news of another comes', async () => {
    const { polling, asked } = start();
    polling.watch([task('told'), task('missed')]);
    for (let second = 0; second < 12; second += 1) {
      polling.heard('told');
      await pass(1);
    }
    expect(asked).toEqual(['missed', 'missed']);
  });

  it('asks nothing where nothing is unfinished', async () => {
    const { polling, asked } = start();
    polling.watch([task('a')]);
    await pass(5);
    polling.watch([]);
    await pass(60);
    expect(asked).toEqual(['a']);
  });

  it('counts the silence from when a task appears, not from before', async () => {
    const { polling, asked } = start();
    await pass(600);
    polling.watch([task('a')]);
    await pass(4.9);
    expect(asked).toEqual([]);
  });

  it('never has two rounds at once, however slow the answers are', async () => {
    const { polling, ask } = start();
    let answer = () => {};
    ask.mockImplementation(() => new Promise((resolve) => (answer = () => resolve())));
    polling.watch([task('a')]);
    await pass(60);
    expect(ask).toHaveBeenCalledOnce();
    answer();
    await pass(5);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('goes on after a question that failed', async () => {
    const { polling, ask } = start();
    ask.mockRejectedValueOnce(new Error('no connection'));
    polling.watch([task('a')]);
    await pass(10);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('asks one last time at the deadline and its grace, then never again', async () => {
    const { polling, asked, givenUp } = start();
    polling.watch([task('a', 12)]);
    await pass(20);
    expect(asked).toHaveLength(4);
    expect(givenUp).toEqual([]);
    await pass(2);
    expect(asked).toHaveLength(5);
    expect(givenUp).toEqual(['a']);
    await pass(600);
    expect(asked).toHaveLength(5);
  });

  it('asks the last question on time even while other tasks make news', async () => {
    const { polling, asked } = start();
    polling.watch([task('a', 12), task('b', 180)]);
    for (let second = 0; second < 22; second++) {
      await pass(1);
      polling.heard('b');
    }
    expect(asked).toContain('a');
  });

  it('says nothing of a task whose end the last question brings', async () => {
    const { polling, ask, givenUp } = start();
    ask.mockImplementation(async () => polling.watch([]));
    polling.watch([task('a', 0)]);
    await pass(10);
    expect(givenUp).toEqual([]);
  });

  it('takes a task up again when news of it comes after all', async () => {
    const { polling, asked } = start();
    polling.watch([task('a', 0)]);
    await pass(10);
    const before = asked.length;
    polling.heard('a');
    await pass(5);
    expect(asked).toHaveLength(before + 1);
  });

  it('keeps its last question for when somebody can answer it', async () => {
    const { polling, asked, givenUp, goOnline } = start();
    goOnline(false);
    polling.watch([task('a', 0)]);
    await pass(60);
    expect(asked).toEqual([]);
    expect(givenUp).toEqual([]);
    goOnline(true);
    await polling.askNow();
    expect(asked).toEqual(['a']);
  });

  it('stops', async () => {
    const { polling, asked } = start();
    polling.watch([task('a')]);
    polling.stop();
    await pass(60);
    expect(asked).toEqual([]);
  });
});
