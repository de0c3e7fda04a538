/** What must always hold of pictures and storage. Reads only; right on a live system too. */
import { hash } from 'node:crypto';
import { createSemaphore } from '../lib/semaphore.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { findPrefix, type InstallationStorage } from './storage-prefix.ts';
import { findMissing, findOrphans, orphanAgeMs } from './sweep.ts';

const mostFaults = 20;
const batchSize = 100;
/** Pictures that are read at the same time: each is in memory meanwhile. */
const readsAtOnce = 4;

/** One statement, and so one snapshot. */
const wrongUse = `
  SELECT coalesce(s."userId", i."userId") AS "userId", s."bytes"::float8 AS "counted", i."bytes"::float8 AS "stored"
  FROM "StorageUse" s
  FULL JOIN (SELECT "userId", sum("byteSize") AS "bytes" FROM "Image" GROUP BY "userId") i ON i."userId" = s."userId"
  WHERE coalesce(s."bytes", 0) <> coalesce(i."bytes", 0) LIMIT ${mostFaults}`;

/** Each rule with the rows that break it, 20 at most. */
export async function auditPictures(parts: InstallationStorage) {
  const missing = (await findMissing(parts)).map((imageId) => ({ imageId }));
  const own = await findPrefix(parts);
  const { prisma, storage } = parts;
  const miscounted = await prisma.$queryRawUnsafe<Record<string, unknown>[]>(wrongUse);
  const storedBefore = new Date(Date.now() - orphanAgeMs);
  const { orphans } = own
    ? await findOrphans({ prisma, storage, prefix: own.prefix }, storedBefore)
    : { orphans: [] };
  const changed = [];
  for await (const fault of findChanged(parts)) changed.push(fault);
  return [
    { rule: "Every user's storage use is the sum of their images' bytes", faults: miscounted },
    { rule: 'Every picture is in storage, with its thumbnail', faults: missing.slice(0, mostFaults) },
    {
      rule: 'Every object of this installation has a picture',
      faults: orphans.slice(0, mostFaults).map((key) => ({ key })),
    },
    { rule: 'Every stored picture has the bytes that its row says', faults: changed.slice(0, mostFaults) },
  ];
}

/** Pictures whose stored bytes differ from their row's hash or size. One that is missing is another rule's. */
async function* findChanged({ prisma, storage }: InstallationStorage) {
  const reads = createSemaphore(readsAtOnce);
  const select = { id: true, storageKey: true, sha256: true, byteSize: true };
  for (let after = ''; ;) {
    const images = await prisma.image.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: batchSize,
      select,
    });
    const checked = await Promise.all(
      images.map(({ id, storageKey, sha256, byteSize }) =>
        reads.run(async () => {
          const bytes = await readIfStored(storage, storageKey);
          const isSame = !bytes || (bytes.byteLength === byteSize && hash('sha256', bytes) === sha256);
          return isSame ? [] : [{ imageId: id, storageKey, byteSize, storedBytes: bytes.byteLength }];
        }),
      ),
    );
    yield* checked.flat();
    const last = images.at(-1);
    if (!last || images.length < batchSize) return;
    after = last.id;
  }
}

async function readIfStored(storage: ImageStorage, key: string): Promise<Uint8Array | undefined> {
  try {
    return await storage.get(key);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
