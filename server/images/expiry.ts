/** Deletes old uploads that no task uses and that are no favorites; `retention.ts` deletes results. `app.ts` runs it hourly. */
import { type Image, Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import { deleteUnused, type OldImage, pageSize, type StoredKeys } from './old-images.ts';
import type { ImageService } from './service.ts';

interface Dependencies {
  prisma: PrismaClient;
  images: Pick<ImageService, 'discard'>;
  /** 0: uploads do not expire. */
  retentionDays: number;
  log: Log;
}

/**
 * Deletes uploads that are older than the retention, no favorites and no task's reference. Ends early on the signal, and where the
 * storage does not delete one of them: the rest waits for the next call.
 * @returns how many
 */
export async function expireUploads(parts: Dependencies, signal?: AbortSignal): Promise<number> {
  const { images, retentionDays, log } = parts;
  if (retentionDays === 0) return 0;
  const count = await deleteUnused<OldUpload>({
    read: (after) => readPage(parts, after),
    deleteRows: (rows) => deleteRows(parts, rows),
    images,
    signal,
  });
  if (count > 0) log.info({ count }, 'deleted uploads that no task uses');
  return count;
}

type OldUpload = OldImage & Pick<Image, 'createdAt'>;

/** In this form each row is looked up in the index; PostgreSQL may read all references for a NOT EXISTS. */
const isUnused = Prisma.sql`
  NOT "isFavorite" AND (SELECT "imageId" FROM "TaskReference" WHERE "imageId" = "Image"."id" LIMIT 1) IS NULL`;

function readPage({ prisma, retentionDays }: Dependencies, after: OldUpload | undefined) {
  const isAfter = after
    ? Prisma.sql`AND ("createdAt", "id") > (${after.createdAt}::timestamptz, ${after.id})`
    : Prisma.empty;
  return prisma.$queryRaw<OldUpload[]>`
    SELECT "id", "createdAt", ${isUnused} AS "isUnused" FROM (
      SELECT "id", "createdAt", "isFavorite" FROM "Image"
      WHERE "taskId" IS NULL AND "createdAt" < now() - ${retentionDays}::int * interval '1 day' ${isAfter}
      ORDER BY "createdAt", "id" LIMIT ${pageSize}::int
    ) AS "Image" ORDER BY "createdAt", "id"`;
}

function deleteRows({ prisma }: Dependencies, rows: OldUpload[]) {
  return prisma.$transaction(async (transaction) => {
    // A locked image cannot become a reference; one that became so before is seen by the second statement.
    const locked = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Image" WHERE "id" = ANY(${rows.map(({ id }) => id)}::text[]) FOR UPDATE SKIP LOCKED`;
    return transaction.$queryRaw<StoredKeys[]>`
      DELETE FROM "Image" WHERE "id" = ANY(${locked.map(({ id }) => id)}::text[]) AND ${isUnused}
      RETURNING "storageKey", "thumbnailKey"`;
  });
}
