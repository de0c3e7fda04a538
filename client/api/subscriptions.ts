/**
 * The WebSocket of live updates, loaded and opened with the first subscription. A lost connection is retried forever,
 * and a subscription that ends for another reason is started again until it is unsubscribed.
 */
import type { SubscriptionForwarder } from '@urql/core';
import type { Client, ClientOptions, FormattedExecutionResult } from 'graphql-ws';
import { type Accessor, createMemo, createRoot, createSignal } from 'solid-js';
import { refusalFromGraphQL } from './errors.ts';

/**
 * `idle`: no subscription needs the socket. `reconnecting`: one does and there is no connection, be it the first or a
 * later one.
 */
export type ConnectionState = 'idle' | 'live' | 'reconnecting' | 'offline';

export interface LiveSocket {
  state: Accessor<ConnectionState>;
  forward: SubscriptionForwarder;
  /** Calls back after every acknowledged connection: what happened before may have been missed. */
  onConnected(listener: () => void): () => void;
  /** Ends all subscriptions and the connection. */
  dispose(): void;
}

interface LiveSocketOptions {
  url: string;
  /** Called if the server refuses a subscription with UNAUTHENTICATED. */
  onUnauthenticated: () => void;
  /** Another implementation than the browser's. */
  webSocketImpl?: unknown;
}

const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;
const longestRetryMs = 15_000;

/** 1, 2, 4, 8, then 15 seconds, each up to half longer, so that clients do not reconnect all at once. */
export function retryDelayMs(attempt: number, random = Math.random()): number {
  return Math.min(longestRetryMs, 1000 * 2 ** attempt) * (1 + random / 2);
}

export function createLiveSocket(options: LiveSocketOptions): LiveSocket {
  const [needed, setNeeded] = createSignal(0);
  const [connected, setConnected] = createSignal(false);
  const [online, setOnline] = createSignal(navigator.onLine);
  const listeners = new Set<() => void>();
  const wait = createWakeableWait();
  let client: Promise<Client> | undefined;
  let disposed = false;

  const onOnline = () => {
    setOnline(true);
    wait.wake();
  };
  const onOffline = () => setOnline(false);
  window.addEventListener('online', onOnline);
  window.addEventListener('offline', onOffline);

  const connect = () =>
    (client ??= import('graphql-ws')
      .then(({ createClient }) =>
        createClient({
          ...options,
          ...watchPongs(() => client),
          lazyCloseTimeout: 30_000,
          keepAlive: keepAliveMs,
          retryAttempts: Number.POSITIVE_INFINITY,
          shouldRetry: () => true,
          retryWait: (attempt) => wait.for(retryDelayMs(attempt)),
        }),
      )
      .then((created) => {
        created.on('connected', () => {
          setConnected(true);
          for (const listener of listeners) listener();
        });
        created.on('closed', () => setConnected(false));
        return created;
      }));

  const { state, disposeState } = createRoot((dispose) => ({
    disposeState: dispose,
    state: createMemo((): ConnectionState => {
      if (!online()) return 'offline';
      if (needed() === 0) return 'idle';
      return connected() ? 'live' : 'reconnecting';
    }),
  }));

  return {
    state,
    onConnected(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forward: (request) => ({
      subscribe(sink) {
        let stop: (() => void) | undefined;
        let wanted = true;
        let attempt = 0;
        setNeeded((count) => count + 1);

        const again = async () => {
          if (!wanted) return;
          await wait.for(retryDelayMs(attempt++));
          void begin();
        };
        const begin = async () => {
          if (!wanted || disposed) return;
          try {
            const live = await connect();
            if (!wanted) return;
            stop = live.subscribe(
              { query: request.query ?? '', variables: request.variables as Record<string, unknown> },
              {
                next(result) {
                  attempt = 0;
                  if (isUnauthenticated(result)) options.onUnauthenticated();
                  sink.next(result as Parameters<typeof sink.next>[0]);
                },
                error(fault) {
                  if (Array.isArray(fault) && isUnauthenticated({ errors: fault }))
                    options.onUnauthenticated();
                  void again();
                },
                complete: () => void again(),
              },
            );
          } catch {
            // The module itself did not load: the network is down or a new version was deployed.
            client = undefined;
            void again();
          }
        };
        void begin();

        return {
          unsubscribe() {
            if (!wanted) return;
            wanted = false;
            setNeeded((count) => count - 1);
            stop?.();
          },
        };
      },
    }),
    dispose() {
      disposed = true;
      window.removeEventListener('online', onOnline);
      window.removeEventListener('offline', onOffline);
      wait.wake();
      disposeState();
      void client?.then((live) => live.dispose());
    },
  };
}

function isUnauthenticated(result: Pick<FormattedExecutionResult, 'errors'>): boolean {
  return Boolean(result.errors?.some((error) => refusalFromGraphQL(error).code === 'UNAUTHENTICATED'));
}

/** A socket can be dead without a close event; one that leaves a ping unanswered is given up. */
function watchPongs(client: () => Promise<Client> | undefined): Pick<ClientOptions, 'on'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    on: {
      ping(received) {
        if (!received)
          timer = setTimeout(() => void client()?.then((live) => live.terminate()), pongTimeoutMs);
      },
      pong(received) {
        if (received) clearTimeout(timer);
      },
      closed: () => clearTimeout(timer),
    },
  };
}

/** Waits that end early when there is a reason to try at once. */
function createWakeableWait() {
  const sleepers = new Set<() => void>();
  return {
    for(delayMs: number): Promise<void> {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          sleepers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, delayMs);
        sleepers.add(done);
      });
    },
    wake() {
      for (const done of sleepers) done();
    },
  };
}
