/** States of tasks over one WebSocket, which is open while a task is followed. */
import { createClient } from 'graphql-ws/client';
import type { TaskFieldsFragment as Task } from './generated/operations.ts';
import { taskUpdated } from './operations.ts';
import { untilAborted } from './retry.ts';

const connectTimeoutMs = 10_000;
const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;
/** Each attempt without a connection counts against the limits of the address. */
const unavailableMs = 10_000;

export interface LiveUpdatesOptions {
  /** The address of the GraphQL endpoint. */
  url: string;
  authorization: string | undefined;
  /** Null or undefined where there is none. */
  webSocketImpl: unknown;
}

export type LiveUpdates = ReturnType<typeof createLiveUpdates>;

/**
 * Yields the states of a task until it is final or deleted, or the connection is lost.
 * @throws the reason of the signal, and nothing else
 */
export function createLiveUpdates(options: LiveUpdatesOptions) {
  const socket = options.webSocketImpl ? createSocket(options) : undefined;
  return async function* (id: string, signal: AbortSignal | undefined): AsyncGenerator<Task, void> {
    if (!socket?.isAvailable()) return;
    const payload = { query: taskUpdated, variables: { id } };
    const results = socket.client.iterate<{ taskUpdated: Task }>(payload);
    try {
      for (;;) {
        // The caller reads the task over HTTP next, which meets or outlives the fault.
        const next = results.next().catch(() => undefined);
        const result = await untilAborted(next, signal);
        if (!result?.value?.data) return;
        yield result.value.data.taskUpdated;
      }
    } finally {
      void results.return?.();
    }
  };
}

function createSocket({ url, authorization, webSocketImpl }: LiveUpdatesOptions) {
  let isConnected = false;
  let unavailableUntilMs = 0;
  // A connection can stay half open without a close event.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopTimer = () => clearTimeout(timer);
  const terminateAfter = (durationMs: number) => {
    stopTimer();
    timer = setTimeout(() => client.terminate(), durationMs);
  };
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl,
    ...(authorization !== undefined && { connectionParams: { authorization } }),
    keepAlive: keepAliveMs,
    retryAttempts: 0,
    on: {
      connecting() {
        isConnected = false;
        terminateAfter(connectTimeoutMs);
      },
      connected() {
        isConnected = true;
        stopTimer();
      },
      ping: (isReceived) => isReceived || terminateAfter(pongTimeoutMs),
      pong: (isReceived) => isReceived && stopTimer(),
      closed() {
        stopTimer();
        if (!isConnected) unavailableUntilMs = performance.now() + unavailableMs;
      },
    },
  });
  return { client, isAvailable: () => performance.now() >= unavailableUntilMs };
}
