/** What must always hold of pictures and storage. Reads only; right on a live system too. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { findOwnPrefix } from './own-prefix.ts';
import { findMissing, findOrphans, orphanAgeMs } from './sweep.ts';

const mostFaults = 20;

/** One statement, and so one snapshot. */
const wrongUse = `
  SELECT coalesce(s."userId", i."userId") AS "userId", s."bytes"::float8 AS "counted", i."bytes"::float8 AS "stored"
  FROM "StorageUse" s
  FULL JOIN (SELECT "userId", sum("byteSize") AS "bytes" FROM "Image" GROUP BY "userId") i ON i."userId" = s."userId"
  WHERE coalesce(s."bytes", 0) <> coalesce(i."bytes", 0) LIMIT ${mostFaults}`;

/**
 * Each rule with the rows that break it, 20 at most.
 * @param parts.prefix as configured
 */
export async function auditPictures(parts: {
  prisma: PrismaClient;
  storage: ImageStorage;
  prefix?: string | undefined;
}) {
  const missing = (await findMissing(parts)).map((imageId) => ({ imageId }));
  const own = await findOwnPrefix(parts);
  const { prisma, storage } = parts;
  const miscounted = await prisma.$queryRawUnsafe<Record<string, unknown>[]>(wrongUse);
  const storedBefore = new Date(Date.now() - orphanAgeMs);
  const { orphans } = own
    ? await findOrphans({ prisma, storage, prefix: own.prefix }, storedBefore)
    : { orphans: [] };
  return [
    { rule: "Every user's storage use is the sum of their images' bytes", faults: miscounted },
    { rule: 'Every picture is in storage, with its thumbnail', faults: missing.slice(0, mostFaults) },
    {
      rule: 'Every object of this installation has a picture',
      faults: orphans.slice(0, mostFaults).map((key) => ({ key })),
    },
  ];
}
