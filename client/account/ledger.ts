/** The viewer's credit entries, newest first, page by page. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, on } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { LedgerQuery } from '../api/generated/graphql.ts';
import { createPaginatedList, type PaginatedList } from '../api/paginated-list.ts';

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

export interface Ledger extends Omit<PaginatedList<Page>, 'page'> {
  entries: Accessor<readonly LedgerEntry[]>;
}

interface LedgerOptions {
  client: Client;
  viewerId: Accessor<string | undefined>;
  /** Changes when there may be new entries. */
  balance: Accessor<number | undefined>;
}

/** Ends with its owner. */
export function createLedger({ client, viewerId, balance }: LedgerOptions): Ledger {
  const { page, ...list } = createPaginatedList({
    viewerId,
    query: (after, requestPolicy) => client.query(LedgerDocument, after ? { after } : {}, { requestPolicy }),
    pageOf: (viewer) => viewer.creditEntries,
  });
  createEffect(on(balance, (_, before) => void (before !== undefined && list.refresh()), { defer: true }));
  return { ...list, entries: () => page()?.nodes ?? [] };
}
