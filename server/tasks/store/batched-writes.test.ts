import { expect, it } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import { createBatchedWrites } from './batched-writes.ts';

const { database, store, accepted } = await openTaskStore();

/** The writes, and a count of their statements. */
function counted() {
  let statements = 0;
  const { prisma } = database;
  const counting = {
    $queryRaw: (...args: Parameters<PrismaClient['$queryRaw']>) => {
      statements += 1;
      return prisma.$queryRaw(...args);
    },
    task: prisma.task,
  } as PrismaClient;
  return { ...createBatchedWrites({ prisma: counting }), statements: () => statements };
}

async function claimed(provider: string, count: number) {
  await Promise.all(Array.from({ length: count }, () => accepted(20, { provider })));
  return store.claim('a', { limit: 100, providers: [provider], leaseMs: 60_000 });
}

it('leases accepted tasks together, but none that is leased or at another submission', async () => {
  const tasks = await Promise.all(Array.from({ length: 10 }, () => accepted()));
  const [leased, other, ...free] = tasks.map(({ task }) => task);
  await store.claimOne(leased!, 'b', 60_000);
  const { claimOne, statements } = counted();
  const claims = [leased!, { ...other!, attempt: 7 }, ...free].map((task) => claimOne(task, 'a', 60_000));
  const [first, second, ...others] = await Promise.all(claims);
  expect([first, second]).toEqual([null, null]);
  expect(others.map((task) => task && [task.id, task.version, task.leaseOwner])).toEqual(
    free.map(({ id }) => [id, 2, 'a']),
  );
  expect(others[0]).toEqual(await database.prisma.task.findUnique({ where: { id: free[0]!.id } }));
  expect(statements()).toBe(1);
});

// Turns red where equal writes of one batch are taken for one: two steps would then have the same lease.
it('leases a task once, however often that is asked for together', async () => {
  const { task } = await accepted();
  const { claimOne, releaseLease } = counted();
  const claims = await Promise.all([1, 2, 3].map(() => claimOne(task, 'a', 60_000)));
  const leased = claims.filter((claim) => claim !== null);
  expect(leased.map(({ version }) => version)).toEqual([2]);
  const released = await Promise.all([1, 2, 3].map(() => releaseLease(leased[0]!, null)));
  expect(released.filter(Boolean)).toHaveLength(1);
});

it('changes tasks together, each under its version', async () => {
  const [first, lost, ...others] = await claimed('changed', 10);
  await store.change(lost!, { progressPercent: 5 });
  const { change, statements } = counted();
  const startedAt = new Date('2026-11-30T08:00:00.123Z');
  const changeOf = (index: number) => ({
    status: 'PROCESSING' as const,
    startedAt,
    operation: { id: index },
    submittingAt: null,
    progressPercent: index,
  });
  const all = [first!, lost!, ...others];
  const changed = await Promise.all(all.map((task, index) => change(task, changeOf(index))));
  expect(statements()).toBe(1);
  expect(changed[1]).toBeNull();
  for (const [index, task] of all.entries()) {
    if (index === 1) continue;
    const columns = changeOf(index);
    expect(changed[index]).toEqual({ ...task, ...columns, version: task.version + 1 });
    expect(await store.find(task.id)).toMatchObject({ ...columns, version: task.version + 1 });
  }
});

// Turns red where the refusal of one change is the answer to all of its batch.
it('makes the other changes where the database refuses one', async () => {
  const [taken, ...tasks] = await claimed('refused', 5);
  await store.change(taken!, { externalId: 'taken' });
  const { change } = counted();
  const idOf = (index: number) => (index === 2 ? 'taken' : `free-${index}`);
  const results = await Promise.allSettled(
    tasks.map((task, index) => change(task, { externalId: idOf(index) })),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await store.find(tasks[0]!.id))?.externalId).toBe('free-0');
});

it('tells the null of JSON from that of SQL', async () => {
  const [task] = await claimed('null', 1);
  const withNull = await store.change(task!, { operation: Prisma.JsonNull });
  const typeOf = async () => {
    const [row] = await database.prisma.$queryRaw<[{ type: string | null }]>`
      SELECT jsonb_typeof("operation") AS "type" FROM "Task" WHERE "id" = ${task!.id}`;
    return row.type;
  };
  expect(await typeOf()).toBe('null');
  await store.change(withNull!, { operation: Prisma.DbNull });
  expect(await typeOf()).toBeNull();
});

it('releases leases that end together in one statement, but none that has changed', async () => {
  const claims = await claimed('together', 12);
  const [changed, lost, ...held] = claims;
  await store.change(changed!, { progressPercent: 10 });
  await store.change(lost!, { leaseOwner: 'b' });
  const { releaseLease, statements } = counted();
  const dueAt = (index: number) => (index === 0 ? null : new Date(Date.now() + index * 1_000));
  const dueAts = claims.map((_, index) => dueAt(index));
  const released = await Promise.all(claims.map((task, index) => releaseLease(task, dueAts[index]!)));
  expect(released).toEqual([false, false, ...held.map(() => true)]);
  expect(statements()).toBe(1);
  for (const [index, { id, version }] of claims.entries())
    if (index > 1)
      expect(await store.find(id)).toMatchObject({
        leaseOwner: null,
        leaseExpiresAt: null,
        dueAt: dueAts[index],
        version,
      });
  expect(await store.find(changed!.id)).toMatchObject({ leaseOwner: 'a' });
  expect(await store.find(lost!.id)).toMatchObject({ leaseOwner: 'b' });
});
