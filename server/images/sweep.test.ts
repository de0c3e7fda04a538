import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { createLocalStorage } from '../storage/local.ts';
import { createImageService } from './service.ts';
import { findMissing, sweepOrphans } from './sweep.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

it('deletes old pictures that no row names, and nothing else', async () => {
  const { prisma } = database;
  const storage = createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 's' });
  const images = createImageService({ prisma, storage, maxUploadBytes: 1e6, log });
  await prisma.user.create({ data: { id: 'u', name: 'Tester', email: 'u@example.test' } });
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const upload = await images.upload('u', new Blob([new Uint8Array(bytes)]));
  const [old, young] = await Promise.all([images.keep('u', bytes), images.keep('u', bytes)]);
  const longAgo = new Date(Date.now() - 24 * 3_600_000);
  for (const key of [old.storageKey, old.thumbnailKey, upload.storageKey, upload.thumbnailKey])
    await utimes(path.join(folder, key), longAgo, longAgo);

  expect(await sweepOrphans({ prisma, storage, log })).toBe(2);
  const left = [];
  for await (const { key } of storage.list()) left.push(key);
  const kept = [upload, young].flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]);
  expect(left.toSorted()).toEqual(kept.toSorted());

  expect(await findMissing({ prisma, storage })).toEqual([]);
  await storage.delete(upload.storageKey);
  expect(await findMissing({ prisma, storage })).toEqual([upload.id]);
});
