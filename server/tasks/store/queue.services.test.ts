/** Needs a second connection, so it runs on PostgreSQL alone. */
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';

const { database, store, accepted } = await openTaskStore();

it('releases leases past a row that another statement has locked, which follows when it is free', async () => {
  const { task: locked } = await accepted();
  const { task: free } = await accepted();
  const claimed = await store.claim('node', { limit: 1_000, providers: ['scripted'], leaseMs: 60_000 });
  const lease = (id: string) => claimed.find((task) => task.id === id)!;
  const other = new Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query('SELECT FROM "Task" WHERE "id" = $1 FOR UPDATE', [locked.id]);
  const waiting = store.releaseLease(lease(locked.id), null);
  expect(await store.releaseLease(lease(free.id), null)).toBe(true);
  expect(await store.find(locked.id)).toMatchObject({ leaseOwner: 'node' });
  await other.query('COMMIT');
  expect(await waiting).toBe(true);
  expect(await store.find(locked.id)).toMatchObject({ leaseOwner: null });
});

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
