/** Objects that no row names: left by a process that ended between storing a picture and writing its row. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import type { ImageStorage, StoredObject } from '../storage/storage.ts';

interface Dependencies {
  prisma: PrismaClient;
  storage: ImageStorage;
}

/** Older than any task that may still name it: a picture is stored shortly before its row is written. */
const orphanAgeMs = 6 * 3_600_000;
const batchSize = 500;
const folders = /^(images|thumbnails)\//;

/** Keys of pictures that are old enough to have a row and have none. */
export async function* findOrphans(
  { prisma, storage }: Dependencies,
  nowMs = Date.now(),
): AsyncGenerator<string> {
  for await (const batch of inBatches(storage.list())) {
    const keys = batch
      .filter(({ key, storedAt }) => folders.test(key) && storedAt.getTime() < nowMs - orphanAgeMs)
      .map(({ key }) => key);
    const images = await prisma.image.findMany({
      where: { OR: [{ storageKey: { in: keys } }, { thumbnailKey: { in: keys } }] },
      select: { storageKey: true, thumbnailKey: true },
    });
    const named = new Set(images.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]));
    yield* keys.filter((key) => !named.has(key));
  }
}

/** Pictures whose objects are not in storage, as their rows' ids. */
export async function findMissing({ prisma, storage }: Dependencies): Promise<string[]> {
  const stored = new Set<string>();
  const images = await prisma.image.findMany({ select: { id: true, storageKey: true, thumbnailKey: true } });
  // Listed after the rows were read: what is stored meanwhile does no harm.
  for await (const { key } of storage.list()) stored.add(key);
  const missing = images.filter((image) => !stored.has(image.storageKey) || !stored.has(image.thumbnailKey));
  // What was deleted meanwhile has lost its row before its objects.
  const still = await prisma.image.findMany({
    where: { id: { in: missing.map(({ id }) => id) } },
    select: { id: true },
  });
  return still.map(({ id }) => id);
}

/** Deletes the orphans. @returns how many there were */
export async function sweepOrphans(parts: Dependencies & { log: Log }, nowMs?: number): Promise<number> {
  let count = 0;
  for await (const key of findOrphans(parts, nowMs)) {
    await parts.storage.delete(key);
    count += 1;
  }
  if (count > 0) parts.log.info({ count }, 'deleted pictures that nothing names');
  return count;
}

async function* inBatches(objects: AsyncIterable<StoredObject>): AsyncGenerator<StoredObject[]> {
  let batch: StoredObject[] = [];
  for await (const object of objects) {
    batch.push(object);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
