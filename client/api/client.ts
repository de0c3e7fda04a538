/** The GraphQL client of one session: one cache, one socket. */
import { Client, type Exchange, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { createCrossTabExchange, type CrossTabSync } from './cross-tab-sync.ts';
import { refusalOf } from './errors.ts';
import { createFirstPagesExchange } from './first-pages.ts';
import { storeCopies } from './store-query.ts';
import { createLiveSocket, type LiveSocket } from './subscriptions.ts';
import { createTaskVersions } from './task-versions.ts';

export interface Api {
  client: Client;
  socket: LiveSocket;
  dispose(): void;
}

export interface ApiOptions {
  /** The address of the GraphQL endpoint, absolute. Its WebSocket has the same address under `ws:` or `wss:`. */
  url: string;
  /** The normalized cache, of `cache.ts`. */
  cache: Exchange;
  /** Called for each response with UNAUTHENTICATED. */
  onUnauthenticated?: () => void;
  /** Tells the other tabs about changes made here. */
  tabs?: CrossTabSync | undefined;
  /** Other implementations than the browser's. */
  fetch?: typeof fetch;
  webSocketImpl?: unknown;
}

/** How every request to the API is made. */
export const fetchOptions = { credentials: 'same-origin' } satisfies RequestInit;

const requestTimeoutMs = 30_000;

export function createApi(options: ApiOptions): Api {
  const onUnauthenticated = () => options.onUnauthenticated?.();
  const socket = createLiveSocket({
    url: options.url.replace(/^http/, 'ws'),
    onUnauthenticated,
    ...(options.webSocketImpl !== undefined && { webSocketImpl: options.webSocketImpl }),
  });
  const versions = createTaskVersions();
  const client = new Client({
    url: options.url,
    preferGetMethod: false,
    fetchOptions,
    fetch: fetchWithTimeout(options.fetch ?? ((...request) => fetch(...request))),
    exchanges: [
      storeCopies,
      versions.aboveCache,
      options.cache,
      versions.beneathCache,
      createFirstPagesExchange(),
      ...(options.tabs ? [createCrossTabExchange(options.tabs)] : []),
      mapExchange({
        onError(error, operation) {
          if (operation.kind !== 'subscription' && refusalOf(error)?.code === 'UNAUTHENTICATED')
            onUnauthenticated();
        },
      }),
      subscriptionExchange({ forwardSubscription: socket.forward }),
      fetchExchange,
    ],
  });
  return { client, socket, dispose: socket.dispose };
}

function fetchWithTimeout(send: typeof fetch): typeof fetch {
  return (input, init) => {
    const limit = AbortSignal.timeout(requestTimeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    return send(input, { ...init, signal });
  };
}
