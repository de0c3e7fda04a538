/** The GraphQL client of one session: one cache, one socket. */
import {
  type AnyVariables,
  Client,
  type Exchange,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
} from '@urql/core';
import { type Accessor, createEffect, onCleanup } from 'solid-js';
import { createCrossTabExchange, type CrossTabSync } from './cross-tab-sync.ts';
import { refusalOf } from './errors.ts';
import { createFirstPagesExchange } from './paging.ts';
import { createLiveSocket } from './subscriptions.ts';
import { createTaskVersions } from './task-versions.ts';
import { createQuery, type CreateQueryArgs, type CreateQueryResult } from '@urql/solid';

export type Api = ReturnType<typeof createApi>;

export interface ApiOptions {
  /** The address of the GraphQL endpoint, absolute. Its WebSocket has the same address under `ws:` or `wss:`. */
  url: string;
  /** The normalized cache, of `cache.ts`. */
  cache: Exchange;
  /** Called for each response with UNAUTHENTICATED. */
  onUnauthenticated?: () => void;
  /** Broadcasts the changes of this tab. */
  tabs?: CrossTabSync | undefined;
  /** Other implementations than the browser's. */
  fetch?: typeof fetch;
  webSocketImpl?: unknown;
}

/** How every request to the API is made. */
export const fetchOptions = { credentials: 'same-origin' } satisfies RequestInit;

const requestTimeoutMs = 30_000;

export function createApi(options: ApiOptions) {
  const onUnauthenticated = () => options.onUnauthenticated?.();
  const socket = createLiveSocket({
    url: options.url.replace(/^http/, 'ws'),
    onUnauthenticated,
    webSocketImpl: options.webSocketImpl,
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
      versions.belowCache,
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

/**
 * As `createQuery`, with a result of its own in a Solid store. A store mutates its data in place, and the cache shares
 * equal lists between tasks, so an update of one task would change the other: `storeCopies` copies the result. Needs the
 * `Provider` of `@urql/solid`.
 */
export function createStoreQuery<Data, Variables extends AnyVariables>(
  args: CreateQueryArgs<Data, Variables>,
): CreateQueryResult<Data, Variables> {
  return createQuery({ ...args, context: { isForStore: true } });
}

/** Goes first in the list of exchanges. Copies as JSON, because `structuredClone` keeps what is shared shared. */
const storeCopies: Exchange = mapExchange({
  onResult: (result) =>
    result.data && result.operation.context['isForStore']
      ? { ...result, data: JSON.parse(JSON.stringify(result.data)) as unknown }
      : result,
});

const retryMs = 15_000;

/** Retries a failed query 15 seconds after each failure. Ends with its owner. */
export function retryWhile(hasFailed: Accessor<unknown>, retry: () => void): void {
  createEffect(() => {
    if (!hasFailed()) return;
    const timer = setTimeout(retry, retryMs);
    onCleanup(() => clearTimeout(timer));
  });
}
