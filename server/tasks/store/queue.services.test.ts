/** Needs a second connection, so it runs on PostgreSQL alone. */
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';

const { database, store, accepted } = await openTaskStore();

it('renews leases past a row that another statement has locked', async () => {
  const { task: locked } = await accepted();
  const { task: free } = await accepted();
  await store.claim('node', { limit: 1_000, providers: ['scripted'], leaseMs: 60_000 });
  const other = new Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query('SELECT FROM "Task" WHERE "id" = $1 FOR UPDATE', [locked.id]);
  expect(await store.renewLeases('node', [locked.id, free.id], 60_000)).toEqual([free.id]);
  await other.query('COMMIT');
  expect((await store.renewLeases('node', [locked.id, free.id], 60_000)).toSorted()).toEqual(
    [locked.id, free.id].toSorted(),
  );
});
