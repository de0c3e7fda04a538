/**
 * Deletes objects without a row, left by a process that ended between storing a picture and writing its row. `app.ts` runs
 * it hourly.
 */
import type { Log } from '../lib/log.ts';
import type { StoredObject } from '../storage/storage.ts';
import { isPictureKey } from './keys.ts';
import { findPrefix, type InstallationStorage, putMarker, readMarkers } from './storage-prefix.ts';

/** Why a sweep deleted nothing although it was due. */
export type SweepStop = 'no-marker' | 'foreign-marker' | 'too-many';

/** Longer than a task may take: a picture is stored before its row is written. */
export const orphanAgeMs = 6 * 3_600_000;
/** What a crash leaves is a handful; more than this and more than this share is another fault, and nothing is deleted. */
const maxOrphans = 50;
const maxOrphanShare = 0.01;
const batchSize = 500;

/** Keys of this installation's pictures that were stored before the instant and have no row, and how many were listed. */
export async function findOrphans(
  { prisma, storage, prefix }: InstallationStorage & { prefix: string },
  storedBefore: Date,
): Promise<{ orphans: string[]; listed: number }> {
  const orphans: string[] = [];
  let listed = 0;
  for await (const batch of inBatches(storage.list(prefix))) {
    const pictures = batch.filter(({ key }) => isPictureKey(prefix, key));
    listed += pictures.length;
    const keys = pictures.filter(({ storedAt }) => storedAt < storedBefore).map(({ key }) => key);
    const images = await prisma.image.findMany({
      where: { OR: [{ storageKey: { in: keys } }, { thumbnailKey: { in: keys } }] },
      select: { storageKey: true, thumbnailKey: true },
    });
    const named = new Set(images.flatMap(({ storageKey, thumbnailKey }) => [storageKey, thumbnailKey]));
    orphans.push(...keys.filter((key) => !named.has(key)));
  }
  return { orphans, listed };
}

/** Pictures whose objects are not in storage, as their rows' ids. */
export async function findMissing({
  prisma,
  storage,
}: Omit<InstallationStorage, 'prefix'>): Promise<string[]> {
  const images = await prisma.image.findMany({ select: { id: true, storageKey: true, thumbnailKey: true } });
  // Listed after the rows were read: what is stored meanwhile does no harm. Rows keep the prefix of their time.
  const folders = new Set(images.flatMap((image) => [image.storageKey, image.thumbnailKey].map(folderOf)));
  const stored = new Set<string>();
  for (const folder of folders) for await (const { key } of storage.list(folder)) stored.add(key);
  const missing = images.filter((image) => !stored.has(image.storageKey) || !stored.has(image.thumbnailKey));
  // What was deleted meanwhile has lost its row before its objects.
  const still = await prisma.image.findMany({
    where: { id: { in: missing.map(({ id }) => id) } },
    select: { id: true },
  });
  return still.map(({ id }) => id);
}

/**
 * Deletes the orphans of this installation. Only keys below its own prefix are looked at, only while its marker lies
 * there and no other's does, and only where few are found; otherwise nothing is deleted, and the log says why.
 * @returns how many were deleted
 */
export async function sweepOrphans(
  parts: InstallationStorage & { log: Log; onStop?: (reason: SweepStop) => void },
): Promise<number> {
  const { prisma, storage, log } = parts;
  const own = await findPrefix(parts);
  if (!own) return 0;
  const { prefix } = own;
  const stop = (reason: SweepStop, fields: object, message: string) => {
    log.warn({ reason, prefix, ...fields }, `${message}; deleted nothing from storage`);
    parts.onStop?.(reason);
    return 0;
  };

  const markers = await readMarkers(storage, own);
  if (markers.foreign.length > 0)
    return stop('foreign-marker', { markers: markers.foreign }, 'the storage prefix has another owner too');
  if (!markers.own) return stop('no-marker', {}, 'the storage prefix lacks the marker of this installation');
  // Stored again, the marker has the storage's current time, with which ages are compared.
  await putMarker(storage, own.markerKey);
  const now = (await readMarkers(storage, own)).own?.storedAt ?? markers.own.storedAt;

  const storedBefore = new Date(now.getTime() - orphanAgeMs);
  const { orphans, listed } = await findOrphans({ prisma, storage, prefix }, storedBefore);
  if (orphans.length > maxOrphans && orphans.length > maxOrphanShare * listed)
    return stop(
      'too-many',
      { orphans: orphans.length, listed, examples: orphans.slice(0, 3) },
      'too many stored pictures have no row: is this the right database?',
    );
  for (const key of orphans) await storage.delete(key);
  if (orphans.length > 0) log.info({ count: orphans.length }, 'deleted pictures that nothing names');
  return orphans.length;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
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
