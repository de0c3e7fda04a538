/** The retention of results, on a clock of the test's. */
import { v7 as uuid } from 'uuid';
import { beforeEach, expect, it } from 'vitest';
import { newImage, openTaskStore } from '../../tests/support/tasks.ts';
import { audit } from '../tasks/audit.ts';
import { expireResults } from './retention.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const { database, store, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;

const storedAt = new Date('2026-01-31T12:00:00Z');
let now: Date;
/** Keys that were deleted from storage, and how many it keeps at each call. */
let discarded: string[];
let kept: number;
beforeEach(async () => {
  await prisma.user.deleteMany();
  [now, discarded, kept] = [new Date(storedAt), [], 0];
});

const images = {
  async discard(rows: { storageKey: string; thumbnailKey: string }[]) {
    discarded.push(...rows.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]));
    return kept;
  },
};
const expire = (retentionDays = 30, signal?: AbortSignal) =>
  expireResults({ prisma, images, clock: { nowMs: () => now.getTime() }, retentionDays, log }, signal);

/** A task with that many results, which were stored at `storedAt`. */
async function finished(count = 1, credits = 20) {
  const { task, userId } = await accepted(credits, { options: { count }, costCredits: 2 * count });
  const results = Array.from({ length: count }, (_, position) =>
    newImage(userId, { id: uuid({ msecs: storedAt.getTime() + position }), position }),
  );
  await store.settle(task, { status: 'SUCCESS', images: results, refundCredits: 0 });
  await prisma.image.updateMany({ where: { taskId: task.id }, data: { createdAt: storedAt } });
  return { userId, task: (await store.find(task.id))!, results };
}

const after = (days: number, ms = 0) => (now = new Date(storedAt.getTime() + days * 86_400_000 + ms));

it('deletes the pictures of old tasks, says so on the task, and keeps task and ledger', async () => {
  const { task, userId, results } = await finished(2);
  const entries = await prisma.creditEntry.findMany({ where: { userId } });
  after(30);
  expect(await expire()).toBe(0);
  after(30, 1);
  expect(await expire(0)).toBe(0);
  expect(await expire()).toBe(2);
  expect(discarded.toSorted()).toEqual(
    results.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]).toSorted(),
  );
  expect(await store.find(task.id)).toMatchObject({
    status: 'SUCCESS',
    images: [],
    deletedImages: 2,
    imagesExpiredAt: now,
    refundedCredits: 0,
  });
  expect((await store.find(task.id))!.version).toBeGreaterThan(task.version);
  expect(await prisma.creditEntry.findMany({ where: { userId } })).toEqual(entries);
  expect(await prisma.storageUse.findUnique({ where: { userId } })).toMatchObject({ bytes: 0n });
  expect((await audit(prisma)).filter(({ faults }) => faults.length > 0)).toEqual([]);
});

it('keeps a result that an unfinished task starts from until that has ended', async () => {
  const { userId, results } = await finished();
  const derived = await acceptFor(userId, { referenceImageIds: [results[0]!.id] });
  after(31);
  expect(await expire()).toBe(0);
  await store.settle(derived, { status: 'FAILED', failureCode: 'TIMEOUT', refundCredits: 2 });
  expect(await expire()).toBe(1);
  expect((await store.find(derived.id))!.referenceImages).toEqual([{ position: 0, image: null }]);
});

it('keeps favorites', async () => {
  const { task, results } = await finished(2);
  await prisma.image.update({ where: { id: results[0]!.id }, data: { isFavorite: true } });
  after(31);
  expect(await expire()).toBe(1);
  expect((await store.find(task.id))!.images.map(({ id }) => id)).toEqual([results[0]!.id]);
});

it('leaves uploads to their own expiry', async () => {
  const { userId } = await finished();
  const upload = newImage(userId, { id: uuid({ msecs: storedAt.getTime() }) });
  await prisma.image.create({ data: { ...upload, createdAt: storedAt } });
  after(31);
  expect(await expire()).toBe(1);
  expect(await prisma.image.count()).toBe(1);
});

it('goes on over any number of batches', async () => {
  for (let made = 0; made < 12; made += 1) await finished(4);
  after(31);
  expect(await expire()).toBe(48);
  expect(await prisma.image.count()).toBe(0);
});

// Turns red where the rows of all go, and their objects stay.
it('ends with the first that the storage keeps', async () => {
  for (let made = 0; made < 3; made += 1) await finished();
  after(31);
  kept = 2;
  expect(await expire()).toBe(1);
  expect(await prisma.image.count()).toBe(2);
});

it('ends at once when the server stops', async () => {
  await finished();
  after(31);
  expect(await expire(30, AbortSignal.abort())).toBe(0);
});
