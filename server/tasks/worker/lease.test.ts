import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/databases.ts';
import { createLocalEvents } from '../events.ts';
import { createTaskStore, type TaskStore } from '../store/store.ts';
import { addUser, newTask } from '../../../tests/support/tasks.ts';
import { LeaseLost } from './fenced-writes.ts';
import { holdLease } from './lease.ts';

const leaseMs = 60_000;
let database: TestDatabase;
let store: TaskStore;

beforeAll(async () => {
  database = await openTestDatabase();
  store = createTaskStore(database);
});
afterAll(() => database.close());

it('gives nothing back a second time where telling of the first failed', async () => {
  const task = newTask(await addUser(database.prisma, 20), { scene: 'IMAGE_TO_IMAGE' });
  await store.accept(task);
  const claimed = (await store.claim('a', { limit: 1_000, leaseMs, providers: ['scripted'] })).find(
    ({ id }) => id === task.id,
  )!;
  // What goes out to the subscribers names the references, and the database is away when they are read.
  const withoutReading: TaskStore = { ...store, find: () => Promise.reject(new Error('away')) };
  const { lease, end } = holdLease(claimed, new AbortController(), {
    store: withoutReading,
    events: createLocalEvents(),
    clock: database.clock,
    leaseMs,
    stopping: new AbortController().signal,
  });
  await expect(lease.release(30_000, { progressPercent: 10 })).rejects.toThrow('away');
  await expect(lease.release(0)).rejects.toThrow(LeaseLost);
  end();
  const free = await store.find(task.id);
  expect(free).toMatchObject({ leaseOwner: null, progressPercent: 10 });
  expect(free!.dueAt!.getTime()).toBeGreaterThan(Date.now() + 10_000);
});
