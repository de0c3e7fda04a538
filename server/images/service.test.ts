import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createLocalStorage } from '../storage/local.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { createPictureProcessor } from './pictures/picture-processor.ts';
import { drawPicture } from '../../tests/support/pictures.ts';
import { addUser } from '../../tests/support/tasks.ts';
import { createImageService } from './service.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const pictures = createPictureProcessor();
let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  database = await openTestDatabase();
});
afterAll(async () => {
  pictures.close();
  await database.close();
  await rm(folder, { recursive: true });
});

const localStorage = () => createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 's' });

const serviceOn = (storage: ImageStorage) =>
  createImageService({
    prisma: database.prisma,
    storage,
    ownPrefix: async () => 'test',
    pictures,
    downloadUrl: () => '',
    maxUploadBytes: 1e6,
    maxStoredBytes: 1e9,
    log,
  });

async function keysIn(storage: ImageStorage): Promise<string[]> {
  const keys = [];
  for await (const { key } of storage.list('test')) keys.push(key);
  return keys.toSorted();
}

describe('a picture of which one object cannot be stored', () => {
  const fault = new Error('The store is away');
  it.each([
    ['images', 'is not written', false],
    ['thumbnails', 'is not written', false],
    ['images', 'is written, and the answer lost', true],
    ['thumbnails', 'is written, and the answer lost', true],
  ])('leaves nothing where that of %s %s', async (prefix, _, isWritten) => {
    const local = localStorage();
    const storage: ImageStorage = {
      ...local,
      async put(key, ...rest) {
        if (!key.includes(prefix) || isWritten) await local.put(key, ...rest);
        if (key.includes(prefix)) throw fault;
      },
    };
    const images = serviceOn(storage);
    const picture = await images.prepare('someone', await drawPicture().png().toBuffer());
    await expect(images.store('someone', picture)).rejects.toBe(fault);
    expect(await keysIn(local)).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it.each([
    ['while the picture is read', 'nothing', 0],
    ['while the first of its files is written', 'the image with both files', 1],
  ] as const)('%s leaves %s', async (when, _, images) => {
    const client = new AbortController();
    const local = localStorage();
    const put: ImageStorage['put'] = (...object) => {
      client.abort();
      return local.put(...object);
    };
    const userId = await addUser(database.prisma, 0);
    const read = async () => {
      if (when === 'while the picture is read') client.abort();
      return drawPicture().png().toBuffer();
    };
    const options = { userId, isImported: true, signal: client.signal };
    const [added] = await Promise.allSettled([serviceOn({ ...local, put }).add(read, options)]);
    expect(added.status).toBe(images === 0 ? 'rejected' : 'fulfilled');
    const rows = await database.prisma.image.findMany({ where: { userId } });
    expect(rows).toHaveLength(images);
    const stored = rows.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]);
    expect(await keysIn(local)).toEqual(stored.toSorted());
    for (const key of stored) await local.delete(key);
  });
});
