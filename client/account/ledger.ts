/** Every credit that came or went, newest first, page by page. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { LedgerQuery } from '../api/generated/graphql.ts';

const LedgerDocument = graphql(`
  query Ledger($after: String) {
    viewer {
      id
      credits
      creditEntries(first: 25, after: $after) {
        nodes {
          id
          kind
          amount
          balanceAfter
          createdAt
          task {
            id
            version
            prompt
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

type Page = NonNullable<LedgerQuery['viewer']>['creditEntries'];
export type LedgerEntry = Page['nodes'][number];

export interface Ledger {
  status: Accessor<'loading' | 'ready' | 'failed'>;
  entries: Accessor<readonly LedgerEntry[]>;
  more: Accessor<'none' | 'some' | 'loading' | 'failed'>;
  loadMore(): Promise<void>;
  refresh(): void;
}

interface LedgerOptions {
  client: Client;
  viewerId: Accessor<string | undefined>;
  /** Changes when there may be new lines. */
  balance: Accessor<number | undefined>;
}

/** Ends with its owner. */
export function createLedger({ client, viewerId, balance }: LedgerOptions): Ledger {
  const [page, setPage] = createSignal<Page>();
  const [hasFailed, setFailed] = createSignal(false);
  const [loadingMore, setLoadingMore] = createSignal<'idle' | 'loading' | 'failed'>('idle');

  const ask = async (after?: string): Promise<boolean> => {
    const { error } = await client
      .query(LedgerDocument, after ? { after } : {}, { requestPolicy: 'network-only' })
      .toPromise();
    return error === undefined;
  };
  const refresh = async () => {
    setFailed(false);
    const isLoaded = await ask();
    setFailed(!isLoaded && untrack(page) === undefined);
  };

  createEffect(
    on(viewerId, (id) => {
      setPage(undefined);
      if (id === undefined) return;
      const subscription = client
        .query(LedgerDocument, {}, { requestPolicy: 'cache-and-network' })
        .subscribe(({ data, error, stale }) => {
          if (data?.viewer?.id === id) setPage(data.viewer.creditEntries);
          // A failure comes again, as stale, while the server is asked anew.
          if (!stale) setFailed(Boolean(error) && untrack(page) === undefined);
        });
      onCleanup(() => subscription.unsubscribe());
    }),
  );
  createEffect(on(balance, (_, before) => void (before !== undefined && refresh()), { defer: true }));

  return {
    refresh: () => void refresh(),
    status: () => {
      if (page()) return 'ready';
      return hasFailed() ? 'failed' : 'loading';
    },
    entries: () => page()?.nodes ?? [],
    more: () => {
      const state = loadingMore();
      if (state !== 'idle') return state;
      return page()?.pageInfo.hasNextPage ? 'some' : 'none';
    },
    async loadMore() {
      const after = page()?.pageInfo.endCursor;
      if (!after || loadingMore() === 'loading') return;
      setLoadingMore('loading');
      setLoadingMore((await ask(after)) ? 'idle' : 'failed');
    },
  };
}
