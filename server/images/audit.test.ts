import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createLocalStorage } from '../storage/local.ts';
import { auditPictures } from './audit.ts';
import { createPictureProcessor } from './pictures/picture-processor.ts';
import { createImageService } from './service.ts';

const pictures = createPictureProcessor();
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-pictures-'));
});
afterAll(async () => {
  pictures.close();
  await database.close();
  await rm(folder, { recursive: true });
});

it('names a picture whose stored bytes are not those of its row', async () => {
  const { prisma } = database;
  const storage = createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 'secret' });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const images = createImageService({
    prisma,
    storage,
    ownPrefix: async () => 'test',
    pictures,
    downloadUrl: () => '',
    maxUploadBytes: 1e6,
    maxStoredBytes: 1e9,
    log,
  });
  await prisma.user.create({ data: { id: 'u', name: 'Tester', email: 'u@example.test' } });
  const bytes = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'navy' } })
    .png()
    .toBuffer();
  const [changed] = await Promise.all(
    [1, 2].map(() => images.upload('u', new File([new Uint8Array(bytes)], 'picture.png'))),
  );
  const broken = async () => (await auditPictures({ prisma, storage })).filter(({ faults }) => faults.length);
  expect(await broken()).toEqual([]);

  const stored = await storage.get(changed!.storageKey);
  stored[stored.length - 1]! ^= 1;
  await storage.put(changed!.storageKey, stored, { contentType: 'image/png' });
  expect(await broken()).toMatchObject([
    { rule: 'Every stored picture has the bytes that its row says', faults: [{ imageId: changed!.id }] },
  ]);
});
