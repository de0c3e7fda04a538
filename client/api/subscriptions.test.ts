import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFakeSockets } from '../testing/fake-sockets.ts';
import { createLiveSocket, retryDelayMs } from './subscriptions.ts';

const request = {
  query: 'subscription { taskUpdated { id } }',
  operationName: undefined,
  variables: {},
  extensions: {},
};

function start() {
  const sockets = createFakeSockets();
  const onUnauthenticated = vi.fn();
  const socket = createLiveSocket({
    url: 'ws://localhost/graphql',
    onUnauthenticated,
    webSocketImpl: sockets.implementation,
  });
  onTestFinished(socket.dispose);
  const received: unknown[] = [];
  const ended = vi.fn();
  const subscribe = () =>
    socket
      .forward(request as never, {} as never)
      .subscribe({ next: (result) => received.push(result), error: ended, complete: ended });
  return { sockets, socket, onUnauthenticated, received, ended, subscribe };
}

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs);

/** The module of the socket loads on its own time, which no fake clock moves. */
async function opened({ sockets }: ReturnType<typeof start>, count = 1) {
  await vi.dynamicImportSettled();
  await pass(0);
  expect(sockets.all).toHaveLength(count);
}

function goOnline(isOnline: boolean) {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
}

describe('the live socket', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('opens nothing before the first subscription', async () => {
    const { sockets, socket } = start();
    await pass(10_000);
    expect(sockets.all).toHaveLength(0);
    expect(socket.state()).toBe('idle');
  });

  it('is live once the server has acknowledged, and delivers what comes', async () => {
    const parts = start();
    parts.subscribe();
    expect(parts.socket.state()).toBe('reconnecting');
    await opened(parts);
    expect(parts.socket.state()).toBe('live');
    parts.sockets.last().publish({ taskUpdated: { id: '1' } });
    await pass(0);
    expect(parts.received).toEqual([{ data: { taskUpdated: { id: '1' } } }]);
  });

  it('reconnects after the connection is lost, and says so each time', async () => {
    const parts = start();
    const connected = vi.fn();
    parts.socket.onConnected(connected);
    parts.subscribe();
    await opened(parts);
    parts.sockets.last().drop();
    await pass(0);
    expect(parts.socket.state()).toBe('reconnecting');
    await pass(2_000);
    await opened(parts, 2);
    expect(parts.socket.state()).toBe('live');
    expect(parts.sockets.last().operations.size).toBe(1);
    expect(connected).toHaveBeenCalledTimes(2);
    expect(parts.ended).not.toHaveBeenCalled();
  });

  it('tries again for as long as the server stays away', async () => {
    const parts = start();
    parts.subscribe();
    await opened(parts);
    parts.sockets.accepts = false;
    parts.sockets.last().drop(1001);
    await pass(30 * 60_000);
    expect(parts.socket.state()).toBe('reconnecting');
    parts.sockets.accepts = true;
    await pass(30_000);
    expect(parts.socket.state()).toBe('live');
  });

  it.each([4400, 4500])(
    'subscribes again after the server closes with %i, which is final for the library',
    async (code) => {
      const parts = start();
      parts.subscribe();
      await opened(parts);
      parts.sockets.last().drop(code);
      await pass(2_000);
      await opened(parts, 2);
      expect(parts.sockets.last().operations.size).toBe(1);
      expect(parts.ended).not.toHaveBeenCalled();
    },
  );

  it('subscribes again after the server ends the subscription', async () => {
    const parts = start();
    parts.subscribe();
    await opened(parts);
    parts.sockets.last().complete();
    await pass(2_000);
    expect(parts.sockets.last().operations.size).toBe(1);
    expect(parts.ended).not.toHaveBeenCalled();
  });

  it('reports the end of the session', async () => {
    const parts = start();
    parts.subscribe();
    await opened(parts);
    parts.sockets.last().refuse('UNAUTHENTICATED');
    await pass(0);
    expect(parts.onUnauthenticated).toHaveBeenCalledOnce();
  });

  it('gives up a socket that leaves a ping unanswered', async () => {
    const parts = start();
    parts.subscribe();
    await opened(parts);
    parts.sockets.answersPings = false;
    await pass(14_999);
    expect(parts.socket.state()).toBe('live');
    await pass(1);
    expect(parts.socket.state()).toBe('reconnecting');
  });

  it('is offline while the browser is, and back at once when it is back', async () => {
    const parts = start();
    parts.subscribe();
    await opened(parts);
    parts.sockets.accepts = false;
    parts.sockets.last().drop();
    goOnline(false);
    expect(parts.socket.state()).toBe('offline');
    await pass(120_000);
    parts.sockets.accepts = true;
    goOnline(true);
    await pass(0);
    expect(parts.socket.state()).toBe('live');
  });

  it('is idle again, and closes, when the last subscription is gone', async () => {
    const parts = start();
    const first = parts.subscribe();
    const second = parts.subscribe();
    await opened(parts);
    first.unsubscribe();
    first.unsubscribe();
    expect(parts.socket.state()).toBe('live');
    second.unsubscribe();
    expect(parts.socket.state()).toBe('idle');
    await pass(30_000);
    expect(parts.sockets.all).toHaveLength(1);
    expect(parts.sockets.last().operations.size).toBe(0);
  });
});

describe('retryDelayMs', () => {
  it('doubles from one second to fifteen, up to half longer by chance', () => {
    expect([0, 1, 2, 3, 4, 9].map((attempt) => retryDelayMs(attempt, 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
    expect(retryDelayMs(1, 1)).toBe(3_000);
  });
});
