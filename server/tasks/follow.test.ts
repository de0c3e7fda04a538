import { expect, it, onTestFinished, vi } from 'vitest';
import { every } from '../lib/every.ts';
import { createLocalEvents } from './events.ts';
import { createTaskFollower } from './follow.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';
import { addUser, openTaskStore } from '../../tests/support/tasks.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
// Accepts as another node does without a fan-out: this node gets no event.
const { database, store, acceptFor: acceptElsewhere } = await openTaskStore();

/** Reads until every wanted id has come. */
async function readUntil(states: AsyncIterableIterator<TaskSnapshot>, wanted: Set<string>) {
  const left = new Set(wanted);
  for await (const { id } of states) if (left.delete(id) && left.size === 0) return;
}

// Turns red where an event starts the time to the next reading again.
it('finds tasks of another node without its events, also while this node publishes others', async () => {
  const userId = await addUser(database.prisma, 1_000);
  const known = await acceptElsewhere(userId);
  const events = createLocalEvents();
  const follower = createTaskFollower({ events, loader: store, rereadMs: 200 });
  const states = follower.all(userId);
  expect((await states.next()).value?.id).toBe(known.id);
  let version = known.version;
  const busy = every(20, { publish: async () => events.publish({ ...known, version: (version += 1) }) }, log);
  onTestFinished(() => busy.stop());

  const created = await Promise.all(Array.from({ length: 200 }, () => acceptElsewhere(userId)));
  await readUntil(states, new Set(created.map(({ id }) => id)));
  await states.return?.();
});

it('shows the end of a task that another node accepted and settled between two readings', async () => {
  const userId = await addUser(database.prisma, 10);
  const follower = createTaskFollower({ events: createLocalEvents(), loader: store, rereadMs: 300 });
  const states = follower.all(userId);
  const first = states.next();
  const earlier = await acceptElsewhere(userId);
  expect((await first).value?.id).toBe(earlier.id);
  const task = await acceptElsewhere(userId);
  await store.settle(task, { status: 'CANCELED', refundCredits: 2 });
  let state = (await states.next()).value;
  while (state?.id !== task.id) state = (await states.next()).value;
  expect(state.status).toBe('CANCELED');
  await states.return?.();
});

// Turns red where only what ended after the beginning is shown.
it('shows the end of a task that came between the reading of a list and the subscription, and no older ones', async () => {
  const userId = await addUser(database.prisma, 10);
  const [old, ended] = [await acceptElsewhere(userId), await acceptElsewhere(userId)];
  for (const task of [old, ended]) await store.settle(task, { status: 'CANCELED', refundCredits: 2 });
  await database.prisma
    .$executeRaw`UPDATE "Task" SET "createdAt" = "createdAt" - interval '1 minute' WHERE "id" = ${old.id}`;
  const states = createTaskFollower({ events: createLocalEvents(), loader: store, rereadMs: 100 }).all(
    userId,
  );
  const first = (await states.next()).value;
  expect([first?.id, first?.status]).toEqual([ended.id, 'CANCELED']);
  const task = await acceptElsewhere(userId);
  expect((await states.next()).value?.id).toBe(task.id);
  await states.return?.();
});

// Turns red where a task that is not there counts as one that has not changed.
it('ends with a task that another node canceled and deleted between two readings', async () => {
  const userId = await addUser(database.prisma, 10);
  const task = await acceptElsewhere(userId);
  const events = createLocalEvents();
  const follower = createTaskFollower({ events, loader: store, rereadMs: 200 });
  const states = follower.one(task.id, async () => task);
  expect((await states.next()).value?.id).toBe(task.id);
  const canceled = await store.settle(task, { status: 'CANCELED', refundCredits: 2 });
  expect(await store.remove(canceled!)).toBe(true);
  expect(await states.next()).toEqual({ done: true, value: undefined });
  expect(events.subscriberCount).toBe(0);
});

it('goes on after a reading that failed', async () => {
  const userId = await addUser(database.prisma, 10);
  let failures = 0;
  const flaky: TaskLoader = {
    ...store,
    findChanges: async (...args) => {
      if (failures++ < 2) throw new Error('The database is away');
      return store.findChanges(...args);
    },
  };
  const states = createTaskFollower({ events: createLocalEvents(), loader: flaky, rereadMs: 100 }).all(
    userId,
  );
  const known = await acceptElsewhere(userId);
  expect((await states.next()).value?.id).toBe(known.id);
  const task = await acceptElsewhere(userId);
  await readUntil(states, new Set([task.id]));
  expect(failures).toBeGreaterThan(2);
  await states.return?.();
});

// Turns red where a subscription has a timer or a statement of its own, and where unchanged tasks are loaded.
it('reads for all subscriptions in one statement, and loads only the tasks that have changed', async () => {
  const userId = await addUser(database.prisma, 100);
  const tasks = await Promise.all(Array.from({ length: 20 }, () => acceptElsewhere(userId)));
  const [asked, loaded]: [number[], string[]] = [[], []];
  const counting: TaskLoader = {
    ...store,
    findChanges: async (question) => {
      asked.push(question.known.size);
      return store.findChanges(question);
    },
    find: async (id, owner) => {
      loaded.push(id);
      return store.find(id, owner);
    },
  };
  const timeouts = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => timeouts.mockRestore());
  const follower = createTaskFollower({ events: createLocalEvents(), loader: counting, rereadMs: 100 });
  const followed = tasks.map((task) => follower.one(task.id, async () => task));
  await Promise.all(followed.map((states) => states.next()));
  const all = follower.all(userId);
  for (const _ of tasks) await all.next();
  expect(timeouts.mock.calls.filter(([, ms]) => ms === 100)).toHaveLength(1);
  await expect.poll(() => asked.filter((size) => size === tasks.length).length).toBeGreaterThan(2);
  expect(loaded).toEqual([]);

  const changed = tasks[7]!;
  await store.settle(changed, { status: 'CANCELED', refundCredits: 2 });
  expect((await followed[7]!.next()).value?.status).toBe('CANCELED');
  expect((await all.next()).value?.id).toBe(changed.id);
  expect(loaded).toEqual([changed.id]);
  await Promise.all([all, ...followed].map((states) => states.return()));
});

it('reads nothing while no task is followed', async () => {
  const userId = await addUser(database.prisma, 10);
  let readings = 0;
  const counting: TaskLoader = {
    ...store,
    findChanges: (question) => {
      readings += 1;
      return store.findChanges(question);
    },
  };
  const follower = createTaskFollower({ events: createLocalEvents(), loader: counting, rereadMs: 20 });
  const task = await acceptElsewhere(userId);
  const states = follower.one(task.id, async () => task);
  await states.next();
  await expect.poll(() => readings).toBeGreaterThan(0);
  await states.return();
  const before = readings;
  const other = createTaskFollower({ events: createLocalEvents(), loader: store, rereadMs: 100 }).all(userId);
  await other.next();
  await acceptElsewhere(userId);
  await other.next(); // Several intervals of the first follower later.
  await other.return();
  expect(readings).toBeLessThanOrEqual(before + 1);
});

it('shows the final state that waited for its reader while the task was deleted', async () => {
  const userId = await addUser(database.prisma, 10);
  const events = createLocalEvents();
  const follower = createTaskFollower({ events, loader: store, rereadMs: 100 });
  const [task, other] = [await acceptElsewhere(userId), await acceptElsewhere(userId)];
  const [states, others] = [task, other].map((each) => follower.one(each.id, async () => each));
  await Promise.all([states!.next(), others!.next()]);
  const ended = (await store.settle(task, { status: 'CANCELED', refundCredits: 2 }))!;
  events.publish(ended);
  await store.remove(ended);
  // Seen by a reading.
  await store.settle(other, { status: 'CANCELED', refundCredits: 2 });
  expect((await others!.next()).value?.status).toBe('CANCELED');
  expect((await states!.next()).value?.status).toBe('CANCELED');
  expect((await states!.next()).done).toBe(true);
});
