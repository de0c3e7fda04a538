import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { expect, it } from 'vitest';
import { createScriptedApi } from '../testing/scripted-server.ts';
import { LedgerTable } from './ledger-table.tsx';

const entry = (id: string, amount: number, balanceAfter: number) => ({
  __typename: 'CreditEntry',
  id,
  kind: amount > 0 ? 'GRANT' : 'CHARGE',
  amount,
  balanceAfter,
  createdAt: '2026-03-01T12:00:00.000Z',
  task: null,
});
const ledger = (...nodes: ReturnType<typeof entry>[]) => ({
  viewer: {
    __typename: 'Viewer',
    id: 'viewer-1',
    credits: nodes[0]?.balanceAfter,
    creditEntries: {
      __typename: 'CreditEntryConnection',
      nodes,
      pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
    },
  },
});

it('shows the new entry after each change of the balance, the first one included', async () => {
  const { server, client } = createScriptedApi();
  const [credits, setCredits] = createSignal(20);
  // As the store of the session, of which only the balance changes.
  const viewer = {
    id: 'viewer-1',
    get credits() {
      return credits();
    },
  };
  const { container } = render(() => <LedgerTable client={client} viewer={viewer as never} labelledBy="x" />);
  const rows = () => container.querySelectorAll('tbody tr').length;
  await (await server.next('Ledger')).answer(ledger(entry('a', 20, 20)));
  expect(rows()).toBe(1);
  setCredits(18);
  await (await server.next('Ledger')).answer(ledger(entry('b', -2, 18), entry('a', 20, 20)));
  expect(rows()).toBe(2);
});
