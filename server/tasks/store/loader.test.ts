import { expect, it } from 'vitest';
import { snapshotInclude } from './snapshot.ts';
import { addUser, openTaskStore, newImage } from '../../../tests/support/tasks.ts';

const { database, store, acceptFor } = await openTaskStore();

it('reads the row that Prisma reads, with its pictures and references in order', async () => {
  const userId = await addUser(database.prisma, 100);
  const references = [newImage(userId), newImage(userId), newImage(userId)];
  await database.prisma.image.createMany({ data: references });
  const task = await acceptFor(userId, {
    scene: 'IMAGE_TO_IMAGE',
    options: { count: 2, aspectRatio: '3:2' },
    referenceImageIds: references.map(({ id }) => id),
  });
  await database.prisma.image.delete({ where: { id: references[1]!.id } });
  const images = [newImage(userId, { position: 1 }), newImage(userId, { position: 0 })];
  await store.settle(task, { status: 'SUCCESS', images, refundCredits: 0, answer: { output: ['a', 'b'] } });

  const found = await store.find(task.id);
  expect(found).toEqual(
    await database.prisma.task.findUnique({ where: { id: task.id }, include: snapshotInclude }),
  );
  expect(found?.images.map(({ id }) => id)).toEqual([images[1]!.id, images[0]!.id]);
  expect(found?.referenceImages.map(({ image }) => image?.id)).toEqual([
    references[0]!.id,
    undefined,
    references[2]!.id,
  ]);
});

it('keeps the tasks of concurrent users apart', async () => {
  const [one, other] = await Promise.all([addUser(database.prisma, 100), addUser(database.prisma, 100)]);
  const first = await acceptFor(one);
  const second = await acceptFor(one);
  const ended = await acceptFor(one);
  const foreign = await acceptFor(other);
  await store.settle(ended, { status: 'CANCELED', refundCredits: 2 });

  const [own, missing, active, activeOfOther, many, none] = await Promise.all([
    store.find(first.id, one),
    store.find(foreign.id, one),
    store.findActive(one),
    store.findActive(other),
    store.findMany(one, [ended.id, foreign.id, first.id]),
    store.findActive(await addUser(database.prisma, 0)),
  ]);
  expect(own?.id).toBe(first.id);
  expect(missing).toBeNull();
  expect(active.map(({ id }) => id)).toEqual([first.id, second.id]);
  expect(activeOfOther.map(({ id }) => id)).toEqual([foreign.id]);
  expect(many.map(({ id }) => id)).toEqual([ended.id, first.id]);
  expect(none).toEqual([]);
});

it('reads on where a newer version of the product adds a column', async () => {
  const { prisma } = database;
  const { id, userId } = await acceptFor(await addUser(prisma, 100));
  const providers = ['scripted'];
  const lease = { limit: 100, leaseMs: 0, providers };
  const readAll = () =>
    Promise.all([
      store.find(id),
      store.findActive(userId),
      store.claim('node', lease),
      store.claimOne({ id, attempt: 0 }, 'node', 0),
      store.overdue({ limit: 10, providers, except: [] }),
    ]);
  // As many at once as a pool has connections: each keeps its own plans.
  await Promise.all(Array.from({ length: 20 }, readAll));
  await prisma.$executeRaw`ALTER TABLE "Task" ADD COLUMN "later" TEXT DEFAULT 'newer'`;
  try {
    const read = await Promise.all(Array.from({ length: 20 }, readAll));
    expect(read.map(([found]) => found?.id)).toEqual(read.map(() => id));
    expect(read[0]![0]).not.toHaveProperty('later');
  } finally {
    await prisma.$executeRaw`ALTER TABLE "Task" DROP COLUMN "later"`;
  }
});
