/** Backups of a small installation: what they keep, and which files are refused. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packTar, unpackTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layMigratedDatabase } from '../../tests/support/databases.ts';
import { addUser, newImage, newTask } from '../../tests/support/tasks.ts';
import { openPglite } from '../database/pglite.ts';
import { audit } from '../tasks/audit.ts';
import { auditPictures } from '../images/audit.ts';
import { createLocalStorage } from '../storage/local.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { createEmbeddedSession } from '../tables/session.ts';
import { createTaskStore } from '../tasks/store/store.ts';
import { checkBackup } from './archive-reader.ts';
import { createBackup } from './create.ts';
import { UnusableBackup } from './format.ts';
import { restoreBackup } from './restore.ts';

type Place = Awaited<ReturnType<typeof openPlace>>;
let folder: string;
let source: Place;
let userId: string;
/** The whole backup of the source. */
let file: string;

/** A database and a storage in a folder of their own. */
async function openPlace(name: string) {
  const place = path.join(folder, name);
  await layMigratedDatabase(path.join(place, 'database'));
  const { pglite, prisma, close } = await openPglite({ folder: path.join(place, 'database') });
  const session = { ...(await createEmbeddedSession({ pglite })), close: async () => {} };
  const storage = createLocalStorage({
    folder: path.join(place, 'pictures'),
    baseUrl: 'http://x/files',
    secret: 's',
  });
  return { prisma, session, storage, close };
}

const signal = new AbortController().signal;
const backUp = (to: string, storage: Pick<ImageStorage, 'open'> = source.storage, stop = signal) =>
  createBackup(
    to,
    {
      openSession: async () => source.session,
      storage,
      findPresent: async (ids) => {
        const rows = await source.prisma.image.findMany({ where: { id: { in: ids } } });
        return rows.map(({ id }) => id);
      },
      version: '1.2.3',
      secret: 'the secret',
      secretDigest: 'digest',
    },
    { signal: stop },
  );

async function addImage(): Promise<string> {
  const [id, bytes] = [randomUUID(), randomBytes(3_000)];
  const [storageKey, thumbnailKey] = [`old/images/${id}.png`, `old/thumbnails/${id}.webp`];
  await source.storage.put(storageKey, bytes, { contentType: 'image/png' });
  await source.storage.put(thumbnailKey, randomBytes(300), { contentType: 'image/webp' });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const image = newImage(userId, { id, storageKey, thumbnailKey, byteSize: 3_000, sha256 });
  await source.prisma.image.create({ data: image });
  return id;
}

async function restoreInto(place: Place, from: string): Promise<void> {
  const parts = { ...place, unusedId: undefined, prefix: undefined, signal };
  await restoreBackup(from, await checkBackup(from), parts);
}

const broken = async ({ prisma, storage }: Place) =>
  [...(await audit(prisma)), ...(await auditPictures({ prisma, storage }))].filter(
    ({ faults }) => faults.length,
  );

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-backup-'));
  source = await openPlace('source');
  userId = await addUser(source.prisma, 20);
  await source.prisma.installation.create({ data: { id: 'source' } });
  for (let count = 0; count < 3; count += 1) await addImage();
  file = path.join(folder, 'whole.tar');
  await backUp(file);
});
afterAll(async () => {
  await source?.close();
  await rm(folder, { recursive: true });
});

it('restores as an installation of its own, once', async () => {
  const place = await openPlace('restored');
  try {
    await restoreInto(place, file);
    expect(await broken(place)).toEqual([]);
    const before = await source.prisma.image.findMany({ orderBy: { id: 'asc' } });
    const after = await place.prisma.image.findMany({ orderBy: { id: 'asc' } });
    const { id } = await place.prisma.installation.findFirstOrThrow();
    expect(id).not.toBe('source');
    expect(after).toEqual(
      before.map((image) => ({
        ...image,
        storageKey: image.storageKey.replace('old', `proofsheet-${id}`),
        thumbnailKey: image.thumbnailKey.replace('old', `proofsheet-${id}`),
      })),
    );
    for (const [index, { storageKey, thumbnailKey }] of after.entries()) {
      expect(await place.storage.get(storageKey)).toEqual(
        await source.storage.get(before[index]!.storageKey),
      );
      expect(await place.storage.get(thumbnailKey)).toEqual(
        await source.storage.get(before[index]!.thumbnailKey),
      );
    }
    await expect(restoreInto(place, file)).rejects.toThrow(/not empty: there are rows in .*User/);
    expect(await place.prisma.image.count()).toBe(3);
  } finally {
    await place.close();
  }
});

it('gives unfinished tasks the time that they had, from the end of a restore of any length', async () => {
  const task = newTask(userId, { timeoutMs: 60_000 });
  await createTaskStore({ prisma: source.prisma }).accept(task);
  const { manifest } = await backUp(path.join(folder, 'unfinished.tar'));
  const { deadlineAt } = await source.prisma.task.findUniqueOrThrow({ where: { id: task.id } });
  const leftMs = deadlineAt.getTime() - Date.parse(manifest.createdAt);
  const place = await openPlace('unfinished');
  let lastPutAtMs = 0;
  const storage: ImageStorage = {
    ...place.storage,
    async put(...object) {
      await place.storage.put(...object);
      lastPutAtMs = Date.now();
    },
  };
  try {
    await restoreInto({ ...place, storage }, path.join(folder, 'unfinished.tar'));
    const restored = await place.prisma.task.findUniqueOrThrow({ where: { id: task.id } });
    // Timestamps have whole milliseconds.
    expect(restored.deadlineAt.getTime()).toBeGreaterThanOrEqual(lastPutAtMs + leftMs - 1);
    expect(restored.deadlineAt.getTime()).toBeLessThanOrEqual(Date.now() + leftMs + 1);
  } finally {
    await place.close();
  }
});

it('removes an image that was deleted while the backup ran', async () => {
  const deleted = await addImage();
  const kept = await source.prisma.image.count();
  const { manifest, pictures } = await backUp(path.join(folder, 'deleted.tar'), {
    // As the deletion of a picture: first its row, then its objects.
    async open(key) {
      if (
        key.includes(deleted) &&
        (await source.prisma.image.deleteMany({ where: { id: deleted } })).count > 0
      )
        for (const each of [key, `old/thumbnails/${deleted}.webp`]) await source.storage.delete(each);
      return source.storage.open(key);
    },
  });
  expect(pictures).toMatchObject({ objects: 2 * (kept - 1), deleted: [deleted], missing: [], changed: [] });
  expect(manifest.tables['Image']).toBe(kept);
  const place = await openPlace('without');
  try {
    await restoreInto(place, path.join(folder, 'deleted.tar'));
    expect(await place.prisma.image.count()).toBe(kept - 1);
    expect(await broken(place)).toEqual([]);
  } finally {
    await place.close();
  }
});

it('names pictures that the installation has lost', async () => {
  const [lost, changed] = [await addImage(), await addImage()];
  await source.storage.delete(`old/thumbnails/${lost}.webp`);
  await source.storage.put(`old/images/${changed}.png`, randomBytes(10), { contentType: 'image/png' });
  const { pictures } = await backUp(path.join(folder, 'lost.tar'));
  expect(pictures).toMatchObject({
    deleted: [],
    missing: [`old/thumbnails/${lost}.webp`],
    changed: [`old/images/${changed}.png`],
  });
  await source.prisma.image.deleteMany({ where: { id: { in: [lost, changed] } } });
});

describe('an unfinished backup', () => {
  it.each([
    ['the storage fails', { open: () => Promise.reject(new Error('The storage is away')) }, undefined],
    ['it is interrupted', undefined, AbortSignal.abort(new Error('Interrupted'))],
  ])('leaves nothing behind where %s', async (_, storage, stop) => {
    const before = await readdir(folder);
    await expect(backUp(path.join(folder, 'new.tar'), storage, stop)).rejects.toThrow(/away|Interrupted/);
    expect(await readdir(folder)).toEqual(before);
  });

  it('does not replace a file', async () => {
    await expect(backUp(file)).rejects.toThrow(/exists/);
  });
});

describe('a file that is refused', () => {
  const refusal = async (name: string, bytes: Uint8Array) => {
    const other = path.join(folder, name);
    await writeFile(other, bytes);
    return checkBackup(other).then(
      () => 'accepted',
      (error: unknown) => (error instanceof UnusableBackup ? error.message : String(error)),
    );
  };

  it('is accepted whole', async () => {
    expect((await checkBackup(file)).manifest).toMatchObject({
      version: '1.2.3',
      tables: { Image: 3, User: 1 },
    });
    expect(await refusal('copy.tar', await readFile(file))).toBe('accepted');
  });

  it('was cut anywhere', async () => {
    const { length } = await readFile(file);
    const cut = path.join(folder, 'cut.tar');
    for (const size of [0, 100, 512, 1_000, Math.floor(length / 2), length - 2_048]) {
      await writeFile(cut, await readFile(file));
      await truncate(cut, size);
      await expect(checkBackup(cut), String(size)).rejects.toThrow(/is damaged or cut, or no backup/);
    }
  });

  it('has one other bit anywhere', async () => {
    const whole = await readFile(file);
    const entries = await unpackTar(whole);
    expect(entries.map(({ header }) => header.name)).toContain('SHA256SUMS');
    // Outside of the padding between entries, which has no meaning.
    for (let at = 300; at < whole.length - 1_024; at += 997) {
      if (whole[at] === 0) continue;
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      expect(await refusal('bit.tar', damaged), String(at)).toMatch(/is damaged or cut, or no backup/);
    }
  });

  it('is something else', async () => {
    expect(await refusal('text.tar', Buffer.from('not a backup'))).toMatch(/no backup of Proofsheet/);
    expect(await refusal('zeros.tar', Buffer.alloc(4_096))).toMatch(/no backup of Proofsheet/);
  });

  it('is of a newer version', async () => {
    const text = JSON.stringify({ format: 2, version: '9.0.0' });
    const newer = await packTar([{ header: { name: 'manifest.json', size: text.length }, body: text }]);
    expect(await refusal('newer.tar', newer)).toMatch(/version 9.0.0, which is newer/);
  });
});
