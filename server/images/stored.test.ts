/** The rows of stored images: what is counted of them, and when an upload expires. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import type { Image, PrismaClient } from '../generated/prisma/client.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { audit } from '../tasks/audit.ts';
import { auditPictures } from './audit.ts';
import { expireUploads } from './expiry.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const nothingStored = {
  async *list() {},
  get: () => Promise.reject(new ObjectNotFound()),
} as unknown as ImageStorage;
let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await openTestDatabase();
  prisma = database.prisma;
});
afterAll(() => database.close());
beforeEach(async () => {
  await prisma.user.deleteMany();
  await prisma.user.create({ data: { id: 'u', name: 'Tester', email: 'u@example.test' } });
});

const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);

function store(id: string, image: Partial<Image> = {}) {
  const facts = { contentType: 'image/png', byteSize: 1000, width: 1, height: 1, thumbhash: '', sha256: '' };
  const keys = { storageKey: `${id}.png`, thumbnailKey: `${id}.webp` };
  return prisma.image.create({ data: { id, userId: 'u', ...keys, ...facts, ...image } });
}

function finish(id: string) {
  return prisma.task.create({
    data: {
      id,
      userId: 'u',
      scene: 'TEXT_TO_IMAGE',
      provider: 'replicate',
      model: 'm',
      prompt: 'p',
      options: { count: 2 },
      costCredits: 4,
      expectedDurationMs: 1,
      deadlineAt: new Date(),
      status: 'SUCCESS',
      completedAt: new Date(),
    },
  });
}

const used = async () => Number((await prisma.storageUse.findUnique({ where: { userId: 'u' } }))?.bytes);

describe('the count of stored bytes', () => {
  it('follows every way that an image comes and goes', async () => {
    await finish('t');
    await Promise.all([store('a'), store('b')]);
    await store('c', { taskId: 't', position: 0 });
    await store('d', { taskId: 't', position: 1 });
    expect(await used()).toBe(4000);
    await prisma.image.delete({ where: { id: 'a' } });
    expect(await used()).toBe(3000);
    await prisma.task.delete({ where: { id: 't' } });
    expect(await used()).toBe(1000);
    await prisma.user.delete({ where: { id: 'u' } });
    expect(await prisma.storageUse.count()).toBe(0);
  });

  it('has a difference found by the audit', async () => {
    await store('a');
    const fault = async () => (await auditPictures({ prisma, storage: nothingStored }))[0]!.faults;
    expect(await fault()).toEqual([]);
    await prisma.storageUse.update({ where: { userId: 'u' }, data: { bytes: 1001n } });
    expect(await fault()).toEqual([{ userId: 'u', counted: 1001, stored: 1000 }]);
    await prisma.storageUse.deleteMany();
    expect(await fault()).toEqual([{ userId: 'u', counted: null, stored: 1000 }]);
  });

  it('tells a result that was deleted from one that never came', async () => {
    const rule = 'SUCCESS tasks had a picture, and were refunded for each that was missing';
    const faults = async () => (await audit(prisma)).find((result) => result.rule === rule)!.faults;
    await finish('t');
    for (const position of [0, 1]) await store(`r${position}`, { taskId: 't', position });
    await prisma.image.deleteMany({ where: { taskId: 't' } });
    expect(await prisma.task.findUnique({ where: { id: 't' } })).toMatchObject({
      deletedImages: 2,
      version: 2,
    });
    expect(await faults()).toEqual([]);
    await finish('never');
    expect(await faults()).toMatchObject([{ taskId: 'never', images: 0 }]);
  });
});

describe('the expiry of uploads', () => {
  it('deletes old ones that no task uses, and no result', async () => {
    await finish('t');
    await store('result', { taskId: 't', createdAt: daysAgo(400) });
    await store('young', { createdAt: daysAgo(29) });
    await store('favorite', { createdAt: daysAgo(31), isFavorite: true });
    for (const id of ['used', 'unused']) await store(id, { createdAt: daysAgo(31) });
    await prisma.taskReference.create({ data: { taskId: 't', position: 0, imageId: 'used' } });
    const discarded: string[] = [];
    const images = {
      async discard(rows: { storageKey: string; thumbnailKey: string }[]) {
        discarded.push(...rows.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]));
        return 0;
      },
    };
    const expire = (retentionDays: number) => expireUploads({ prisma, images, retentionDays, log });
    expect(await expire(0)).toBe(0);
    expect(await expire(30)).toBe(1);
    expect(discarded).toEqual(['unused.png', 'unused.webp']);
    const left = await prisma.image.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
    expect(left.map(({ id }) => id)).toEqual(['favorite', 'result', 'used', 'young']);
    expect(await used()).toBe(4000);
  });

  it('leaves nothing behind where there are more than one batch', async () => {
    for (let made = 0; made < 205; made += 1) await store(`old${made}`, { createdAt: daysAgo(31) });
    const images = { discard: async () => 0 };
    expect(await expireUploads({ prisma, images, retentionDays: 30, log })).toBe(205);
    expect(await used()).toBe(0);
  });

  // Turns red where the rows of all go, and their objects stay for ever.
  it('ends with the first that the storage keeps', async () => {
    for (const id of ['one', 'two', 'three']) await store(id, { createdAt: daysAgo(31) });
    const images = { discard: async () => 2 };
    expect(await expireUploads({ prisma, images, retentionDays: 30, log })).toBe(1);
    expect(await used()).toBe(2000);
  });
});
