/** Deletes old uploads that no task uses; `retention.ts` deletes results. */
import type { Image, PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import type { ImageService } from './service.ts';

interface Dependencies {
  prisma: PrismaClient;
  images: Pick<ImageService, 'discard'>;
  /** 0: uploads do not expire. */
  retentionDays: number;
  log: Log;
}

/**
 * Small: the orphans that a batch leaves while the storage is unavailable must stay far below the number at which the sweep
 * stops. The first batch probes the storage.
 */
const [firstBatchSize, batchSize] = [1, 20];

/**
 * Deletes uploads that are older than the retention and no task's reference. Ends early where the storage does not delete
 * one of them: the rest waits for the next call.
 * @returns how many
 */
export async function expireUploads(parts: Dependencies): Promise<number> {
  const { images, retentionDays, log } = parts;
  if (retentionDays === 0) return 0;
  let count = 0;
  for (let size = firstBatchSize; ; size = batchSize) {
    const { locked, deleted } = await deleteBatch(parts, size);
    const left = await images.discard(deleted);
    count += deleted.length;
    if (locked < size || left > 0) break;
  }
  if (count > 0) log.info({ count }, 'deleted uploads that no task uses');
  return count;
}

type Stored = Pick<Image, 'storageKey' | 'thumbnailKey'>;

async function deleteBatch({ prisma, retentionDays }: Dependencies, size: number) {
  return prisma.$transaction(async (transaction) => {
    // A locked image cannot become a reference; one that became so before is seen by the second statement.
    const locked = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Image" WHERE "taskId" IS NULL AND "createdAt" < now() - ${retentionDays}::int * interval '1 day'
        AND NOT EXISTS (SELECT FROM "TaskReference" WHERE "imageId" = "Image"."id")
      LIMIT ${size}::int FOR UPDATE SKIP LOCKED`;
    const deleted = await transaction.$queryRaw<Stored[]>`
      DELETE FROM "Image" WHERE "id" = ANY(${locked.map(({ id }) => id)}::text[])
        AND NOT EXISTS (SELECT FROM "TaskReference" WHERE "imageId" = "Image"."id")
      RETURNING "storageKey", "thumbnailKey"`;
    return { locked: locked.length, deleted };
  });
}
