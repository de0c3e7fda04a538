import { expect, it } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { createLeaseReleases } from './lease-releases.ts';

const { database, store, accepted } = await openTaskStore();

it('releases leases that end together in two statements, but none that has changed', async () => {
  const tasks = await Promise.all(Array.from({ length: 12 }, () => accepted(20, { provider: 'together' })));
  const claimed = await store.claim('a', { limit: 100, providers: ['together'], leaseMs: 60_000 });
  expect(claimed).toHaveLength(tasks.length);
  const [changed, lost, ...held] = claimed;
  await store.change(changed!, { progressPercent: 10 });
  await store.change(lost!, { leaseOwner: 'b', version: lost!.version });
  let statements = 0;
  const { prisma } = database;
  const counted = {
    $queryRaw: (...args: Parameters<PrismaClient['$queryRaw']>) => {
      statements += 1;
      return prisma.$queryRaw(...args);
    },
    task: prisma.task,
  } as PrismaClient;
  const { releaseLease } = createLeaseReleases({ prisma: counted });
  const dueAt = (index: number) => (index === 0 ? null : new Date(Date.now() + index * 1_000));
  const dueAts = claimed.map((_, index) => dueAt(index));
  const released = await Promise.all(claimed.map((task, index) => releaseLease(task, dueAts[index]!)));
  expect(released).toEqual([false, false, ...held.map(() => true)]);
  expect(statements).toBeLessThanOrEqual(2);
  for (const [index, { id, version }] of claimed.entries())
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
