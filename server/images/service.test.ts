import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createLocalStorage } from '../storage/local.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { createPictureProcessor } from './pictures/picture-processor.ts';
import { drawPicture } from '../../tests/support/pictures.ts';
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

describe('a picture of which one object cannot be stored', () => {
  const fault = new Error('The store is away');
  it.each([
    ['images', 'is not written', false],
    ['thumbnails', 'is not written', false],
    ['images', 'is written, and the answer lost', true],
    ['thumbnails', 'is written, and the answer lost', true],
  ])('leaves nothing where that of %s %s', async (prefix, _, isWritten) => {
    const local = createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 's' });
    const storage: ImageStorage = {
      ...local,
      async put(key, ...rest) {
        if (!key.includes(prefix) || isWritten) await local.put(key, ...rest);
        if (key.includes(prefix)) throw fault;
      },
    };
    const images = createImageService({
      prisma: database.prisma,
      storage,
      ownPrefix: async () => 'test',
      pictures,
      downloadUrl: () => '',
      maxUploadBytes: 1e6,
      maxStoredBytes: 1e9,
      log,
    });
    const picture = await images.prepare('someone', await drawPicture().png().toBuffer());
    await expect(images.store('someone', picture)).rejects.toBe(fault);
    const left = [];
    for await (const { key } of local.list('test')) left.push(key);
    expect(left).toEqual([]);
  });
});
