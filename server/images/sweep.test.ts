import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createLocalStorage } from '../storage/local.ts';
import { createS3Storage } from '../storage/s3.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { startS3Server } from '../../tests/support/storage/s3-server.ts';
import { auditPictures } from './audit.ts';
import { claimPrefix, PrefixTaken } from './storage-prefix.ts';
import { createPictureProcessor } from './pictures/picture-processor.ts';
import { drawPicture } from '../../tests/support/pictures.ts';
import { createImageService } from './service.ts';
import { findMissing, sweepOrphans } from './sweep.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const pictures = createPictureProcessor();
const dayMs = 24 * 3_600_000;
let databases: TestDatabase[];
let picture: Buffer;
beforeAll(async () => {
  databases = await Promise.all([openTestDatabase(), openTestDatabase()]);
  picture = await drawPicture().png().toBuffer();
});
beforeEach(async () => {
  for (const { prisma } of databases) {
    await prisma.installation.deleteMany();
    await prisma.user.deleteMany();
    await prisma.user.create({ data: { id: 'u', name: 'Tester', email: 'u@example.test' } });
  }
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  pictures.close();
  await Promise.all(databases.map((database) => database.close()));
});

interface Place {
  storage: ImageStorage;
  /** Stores something as another program would, under any key. */
  plant(key: string): Promise<void>;
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

async function openFolder(): Promise<Place> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  return {
    storage: createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 's' }),
    async plant(key) {
      await mkdir(path.dirname(path.join(folder, key)), { recursive: true });
      await writeFile(path.join(folder, key), 'x');
    },
    async keys() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)).replace(/~$/, ''))
        .toSorted();
    },
    close: () => rm(folder, { recursive: true }),
  };
}

async function openBucket(): Promise<Place> {
  const server = await startS3Server();
  return {
    storage: createS3Storage(server.access),
    plant: async (key) => server.add(key),
    keys: async () => server.keys().toSorted(),
    close: () => server.close(),
  };
}

/** The storage a day later: everything but the markers, which a sweep stores again, is a day old. */
function aDayLater(storage: ImageStorage): ImageStorage {
  return {
    ...storage,
    async *list(folder) {
      for await (const object of storage.list(folder))
        yield object.key.includes('/installation/')
          ? object
          : { ...object, storedAt: new Date(object.storedAt.getTime() - dayMs) };
    },
  };
}

/** An installation with the database of that index. */
async function install(index: number, { storage }: Place, prefix?: string) {
  const { prisma } = databases[index]!;
  const parts = { prisma, storage, prefix };
  const ownPrefix = claimPrefix(parts);
  const images = createImageService({
    prisma,
    storage,
    ownPrefix,
    pictures,
    downloadUrl: () => '',
    maxUploadBytes: 1e6,
    maxStoredBytes: 1e9,
    log,
  });
  const stops: string[] = [];
  const sweep = (of = aDayLater(storage)) =>
    sweepOrphans({ ...parts, storage: of, log, onStop: (reason) => stops.push(reason) });
  return {
    prefix: await ownPrefix(),
    images,
    /** A picture whose row was never written. */
    leaveOrphan: async () => images.store('u', await images.prepare('u', picture)),
    upload: () => images.upload('u', new Blob([new Uint8Array(picture)])),
    sweep,
    stops,
  };
}

describe.each([
  ['a folder', openFolder],
  ['a bucket', openBucket],
])('the sweep of %s', (_, open) => {
  let place: Place;
  beforeEach(async () => {
    place = await open();
  });
  afterEach(() => place.close());

  it('deletes old pictures that no row names, and nothing else', async () => {
    const { upload, leaveOrphan, sweep, prefix, stops } = await install(0, place);
    await upload();
    const { storage } = place;
    const foreign = [
      `images/${randomUUID()}.png`,
      `thumbnails/${randomUUID()}.webp`,
      `images/holiday.jpg`,
      `another/images/${randomUUID()}.png`,
      `${prefix}/images/${randomUUID()}.txt`,
      `${prefix}/images/${randomUUID()}.png.bak`,
      `${prefix}/images/holiday.jpg`,
      `${prefix}/notes/${randomUUID()}.png`,
      `${prefix}-other/images/${randomUUID()}.png`,
      'Backup of images.zip',
    ];
    for (const key of foreign) await place.plant(key);
    const before = await place.keys();
    const orphan = await leaveOrphan();
    expect(await sweep(storage)).toBe(0);
    expect(await place.keys()).toHaveLength(before.length + 2);
    expect(await sweep()).toBe(2);
    expect(await place.keys()).toEqual(before);
    expect(before).not.toContain(orphan.storageKey);
    expect(stops).toEqual([]);
  });

  it('touches nothing of another installation, whatever prefixes both have', async () => {
    for (const [one, other] of [
      [undefined, undefined],
      ['shared/one', undefined],
      ['shared/one', 'shared/two'],
      ['shared', 'shared/three'],
    ]) {
      for (const { prisma } of databases) await prisma.installation.deleteMany();
      const own = await open();
      const installations = [await install(0, own, one), await install(1, own, other)];
      for (const { upload, leaveOrphan } of installations) {
        await upload();
        await leaveOrphan();
      }
      const [mine, theirs] = installations;
      const before = await own.keys();
      const theirKeys = before.filter((key) => key.startsWith(`${theirs!.prefix}/`));
      expect(await mine!.sweep()).toBe(2);
      const after = await own.keys();
      expect(after.filter((key) => key.startsWith(`${theirs!.prefix}/`))).toEqual(theirKeys);
      expect(after).toHaveLength(before.length - 2);
      await own.close();
    }
  });

  it("touches nothing of production's where a node has its storage and another database", async () => {
    const production = await install(0, place);
    await production.upload();
    await place.storage.put(`images/${randomUUID()}.png`, picture, { contentType: 'image/png' });
    const before = await place.keys();
    const staging = await install(1, place);
    expect(await staging.sweep()).toBe(0);
    expect((await place.keys()).filter((key) => !key.startsWith(staging.prefix))).toEqual(before);
  });

  it('refuses a prefix that another installation has claimed, and stops where it was claimed twice', async () => {
    const production = await install(0, place, 'shared');
    await production.leaveOrphan();
    const before = await place.keys();
    await expect(install(1, place, 'shared')).rejects.toThrow(PrefixTaken);
    const { prisma } = databases[1]!;
    const stops: string[] = [];
    const parts = { prisma, storage: aDayLater(place.storage), prefix: 'shared', log };
    expect(await sweepOrphans({ ...parts, onStop: (reason) => stops.push(reason) })).toBe(0);
    expect(stops).toEqual(['foreign-marker']);
    expect(await place.keys()).toEqual(before);

    await place.plant(`shared/installation/${randomUUID()}`);
    expect(await production.sweep()).toBe(0);
    expect(production.stops).toEqual(['foreign-marker']);
  });

  it('stops where the marker is missing', async () => {
    const { leaveOrphan, sweep, stops, prefix } = await install(0, place);
    await leaveOrphan();
    for await (const { key } of place.storage.list(`${prefix}/installation`)) await place.storage.delete(key);
    expect(await sweep()).toBe(0);
    expect(stops).toEqual(['no-marker']);
    expect(await place.keys()).toHaveLength(2);
  });

  it('stops where more than a small share would be deleted', async () => {
    const { sweep, stops, prefix, upload } = await install(0, place);
    await upload();
    for (let made = 0; made < 51; made += 1)
      await place.storage.put(`${prefix}/images/${randomUUID()}.png`, picture, { contentType: 'image/png' });
    const before = await place.keys();
    expect(await sweep()).toBe(0);
    expect(stops).toEqual(['too-many']);
    expect(await place.keys()).toEqual(before);
  });

  it('has its faults found by the audit, and those of others ignored', async () => {
    const { leaveOrphan, upload } = await install(0, place);
    const orphan = await leaveOrphan();
    const kept = await upload();
    await place.plant(`images/${randomUUID()}.png`);
    const { prisma } = databases[0]!;
    const storage = aDayLater(place.storage);
    const faults = async () => (await auditPictures({ prisma, storage })).map((rule) => rule.faults);
    expect(await faults()).toEqual([
      [],
      [],
      expect.arrayContaining([{ key: orphan.storageKey }, { key: orphan.thumbnailKey }]),
      [],
    ]);
    await storage.delete(kept.storageKey);
    expect(await findMissing({ prisma, storage })).toEqual([kept.id]);
  });
});

it('finds pictures that were stored before keys had a prefix', async () => {
  const place = await openFolder();
  const { prisma } = databases[0]!;
  const { images, sweep } = await install(0, place);
  const id = randomUUID();
  const keys = { storageKey: `images/${id}.png`, thumbnailKey: `thumbnails/${id}.webp` };
  for (const key of Object.values(keys)) await place.storage.put(key, picture, { contentType: 'image/png' });
  const facts = { contentType: 'image/png', byteSize: 1, width: 1, height: 1, thumbhash: '', sha256: '' };
  const row = await prisma.image.create({ data: { id, userId: 'u', ...keys, ...facts } });
  expect(await sweep()).toBe(0);
  expect((await images.read(row))?.bytes).toEqual(picture);
  expect(await findMissing({ prisma, storage: place.storage })).toEqual([]);
  await place.close();
});

it("measures ages by the storage's clock, not the node's", async () => {
  const place = await openFolder();
  const { leaveOrphan, sweep } = await install(0, place);
  await leaveOrphan();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + dayMs });
  expect(await sweep(place.storage)).toBe(0);
  await place.close();
});
