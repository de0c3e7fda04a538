import { type Accessor, createEffect, createMemo, For, Match, on, Show, Switch } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Instant } from './integration-section.tsx';
import type { Client } from '@urql/core';
import type { Viewer } from '../auth/session.ts';
import { graphql } from '../api/generated/gql.ts';
import type { LedgerQuery } from '../api/generated/graphql.ts';
import { createPaginatedList } from '../api/paginated-list.ts';
import { LoadFailure } from '../ui/load-failure.tsx';
import { LoadMore } from '../ui/load-more.tsx';

/** The ledger as a table: kind, date, amount, balance after. */
export function LedgerTable(props: { client: Client; viewer: Viewer; labelledBy: string }) {
  const ledger = createLedger(props.client, () => props.viewer);
  return (
    <Switch>
      <Match when={ledger.status() === 'loading'}>
        <p class="hint" role="status">
          {lazyMessages.account.ledgerLoading}
        </p>
      </Match>
      <Match when={ledger.status() === 'failed'}>
        <LoadFailure
          class="account-failed"
          text={lazyMessages.account.ledgerFailed}
          onRetry={ledger.refresh}
        />
      </Match>
      <Match when={ledger.entries().length === 0}>
        <p class="hint">{lazyMessages.account.ledgerEmpty}</p>
      </Match>
      <Match when={true}>
        <table class="ledger" aria-labelledby={props.labelledBy}>
          <thead>
            <tr>
              <th scope="col">{lazyMessages.account.what}</th>
              <th scope="col">{lazyMessages.account.when}</th>
              <th scope="col" class="ledger-figure">
                {lazyMessages.account.amount}
              </th>
              <th scope="col" class="ledger-figure ledger-after">
                {lazyMessages.account.balanceAfter}
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={ledger.entries()}>{(entry) => <Line entry={entry} />}</For>
          </tbody>
        </table>
        <LoadMore
          state={ledger.more()}
          isManual
          failed={lazyMessages.account.ledgerFailed}
          end={lazyMessages.account.ledgerEnd}
          onLoad={() => void ledger.loadMore()}
        />
      </Match>
    </Switch>
  );
}

function Line(props: { entry: LedgerEntry }) {
  return (
    <tr>
      <td class="ledger-what">
        <span>{lazyMessages.account.kinds[props.entry.kind]}</span>
        <Show
          when={props.entry.task}
          fallback={
            props.entry.kind !== 'GRANT' && (
              <span class="ledger-prompt">{lazyMessages.account.deletedTask}</span>
            )
          }
        >
          {(task) => (
            <a
              class="ledger-prompt"
              dir="auto"
              href={`/history?task=${encodeURIComponent(task().id)}`}
              data-route
              title={task().prompt}
            >
              {task().prompt}
            </a>
          )}
        </Show>
      </td>
      <td class="ledger-when">
        <Instant at={props.entry.createdAt} />
      </td>
      <td class="ledger-figure code" classList={{ 'ledger-in': props.entry.amount > 0 }}>
        {lazyMessages.account.amountOf(props.entry.amount)}
      </td>
      <td class="ledger-figure ledger-after code">{props.entry.balanceAfter}</td>
    </tr>
  );
}

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

type LedgerEntry = NonNullable<LedgerQuery['viewer']>['creditEntries']['nodes'][number];

/** Ends with its owner. A change of the balance means that there may be new entries. */
function createLedger(client: Client, viewer: Accessor<Viewer>) {
  const { page, ...list } = createPaginatedList({
    viewerId: () => viewer().id,
    query: (after, requestPolicy) => client.query(LedgerDocument, after ? { after } : {}, { requestPolicy }),
    pageOf: (viewer) => viewer.creditEntries,
  });
  const balance = createMemo(() => viewer().credits);
  createEffect(on(balance, list.refresh, { defer: true }));
  return { ...list, entries: (): readonly LedgerEntry[] => page()?.nodes ?? [] };
}
