/**
 * The WebSocket of live updates, loaded and opened with the first subscription. A lost connection is retried forever,
 * and a subscription that ends for another reason is started again until it is unsubscribed.
 */
import type { SubscriptionForwarder } from '@urql/core';
import type { Client, FormattedExecutionResult, SubscribePayload } from 'graphql-ws';
import { createSignal } from 'solid-js';
import { refusalFromGraphQL } from './errors.ts';

/**
 * `idle`: no subscription needs the socket. `reconnecting`: one does and there is no connection, be it the first or a
 * later one.
 */
export type ConnectionState = 'idle' | 'live' | 'reconnecting' | 'offline';

export type LiveSocket = ReturnType<typeof createLiveSocket>;

interface LiveSocketOptions {
  url: string;
  /** Called if the server refuses a subscription with UNAUTHENTICATED. */
  onUnauthenticated: () => void;
  /** Another implementation than the browser's. */
  webSocketImpl?: unknown;
}

type Sink = Parameters<ReturnType<SubscriptionForwarder>['subscribe']>[0];

const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;
const longestRetryMs = 15_000;

/** 1, 2, 4, 8, then 15 seconds, each up to half longer, so that clients do not reconnect all at once. */
export function retryDelayMs(attempt: number, random = Math.random()): number {
  return Math.min(longestRetryMs, 1000 * 2 ** attempt) * (1 + random / 2);
}

export function createLiveSocket(options: LiveSocketOptions) {
  const ended = new AbortController();
  const listeners = new Set<() => void>();
  const retry = createRetryWait();
  let client: Promise<Client> | undefined;
  let subscriptions = 0;
  let isConnected = false;
  const currentState = (): ConnectionState => {
    if (!navigator.onLine) return 'offline';
    if (subscriptions === 0) return 'idle';
    return isConnected ? 'live' : 'reconnecting';
  };
  const [state, setState] = createSignal(currentState());
  const updateState = () => void setState(currentState());

  const setConnected = (isNow: boolean) => {
    isConnected = isNow;
    updateState();
  };

  const onNetwork = () => {
    updateState();
    if (navigator.onLine) retry.now();
  };
  window.addEventListener('online', onNetwork, { signal: ended.signal });
  window.addEventListener('offline', onNetwork, { signal: ended.signal });

  const connect = async () => {
    const created = await createSocketClient(options, retry.wait);
    created.on('connected', () => {
      setConnected(true);
      for (const listener of listeners) listener();
    });
    created.on('closed', () => setConnected(false));
    return created;
  };

  const reportUnauthenticated = (errors: FormattedExecutionResult['errors']) => {
    if (errors?.some((error) => refusalFromGraphQL(error).code === 'UNAUTHENTICATED'))
      options.onUnauthenticated();
  };
  const subscribe = async (payload: SubscribePayload, sink: Sink, signal: AbortSignal) => {
    let attempt = 0;
    while (!signal.aborted) {
      try {
        const connected = await (client ??= connect());
        if (signal.aborted) return;
        let stop = () => {};
        await new Promise<void>((resolve) => {
          stop = connected.subscribe(payload, {
            next(result) {
              attempt = 0;
              reportUnauthenticated(result.errors);
              sink.next(result as Parameters<Sink['next']>[0]);
            },
            error(fault) {
              if (Array.isArray(fault)) reportUnauthenticated(fault);
              resolve();
            },
            complete: resolve,
          });
          signal.addEventListener('abort', stop);
        });
        signal.removeEventListener('abort', stop);
      } catch {
        // The module itself did not load: the network is down or a new version was deployed.
        client = undefined;
      }
      if (!signal.aborted) await retry.wait(retryDelayMs(attempt++));
    }
  };

  const forward: SubscriptionForwarder = ({ query = '', variables }) => ({
    subscribe(sink) {
      const stopped = new AbortController();
      const count = (change: 1 | -1) => {
        subscriptions += change;
        updateState();
      };
      count(1);
      stopped.signal.addEventListener('abort', () => count(-1));
      const signal = AbortSignal.any([stopped.signal, ended.signal]);
      void subscribe({ query, variables: variables as Record<string, unknown> }, sink, signal);
      return { unsubscribe: () => stopped.abort() };
    },
  });

  return {
    state,
    forward,
    /** Calls back after every acknowledged connection: what happened before may have been missed. */
    onConnected(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Ends all subscriptions and the connection. */
    dispose() {
      ended.abort();
      retry.now();
      void client?.then((connected) => connected.dispose());
    },
  };
}

async function createSocketClient(
  options: LiveSocketOptions,
  retryWait: (delayMs: number) => Promise<void>,
): Promise<Client> {
  const { createClient } = await import('graphql-ws');
  const client = createClient({
    ...options,
    lazyCloseTimeout: 30_000,
    keepAlive: keepAliveMs,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (attempt) => retryWait(retryDelayMs(attempt)),
  });
  // A socket can be dead without a close event: one that leaves a ping unanswered is terminated.
  let timer: ReturnType<typeof setTimeout> | undefined;
  client.on('ping', (isReceived) => {
    if (!isReceived) timer = setTimeout(() => client.terminate(), pongTimeoutMs);
  });
  client.on('pong', (isReceived) => {
    if (isReceived) clearTimeout(timer);
  });
  client.on('closed', () => clearTimeout(timer));
  return client;
}

/** Waits before a retry; `now` ends them early. */
function createRetryWait() {
  const waiting = new Set<() => void>();
  return {
    wait: (delayMs: number): Promise<void> =>
      new Promise((resolve) => {
        const end = () => {
          waiting.delete(end);
          resolve();
        };
        waiting.add(end);
        setTimeout(end, delayMs);
      }),
    now() {
      for (const end of waiting) end();
    },
  };
}
