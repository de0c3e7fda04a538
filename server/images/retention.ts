/**
 * Deletes the pictures of old tasks, where the installation keeps them for a limited time only (`RETENTION_DAYS`). Tasks and
 * ledger stay. `app.ts` runs it hourly.
 */
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import type { Clock } from '../lib/clock.ts';
import { highestId } from '../lib/id-range.ts';
import type { Log } from '../lib/log.ts';
import { deleteUnused, type OldImage, pageSize, type StoredKeys } from './old-images.ts';
import type { ImageService } from './service.ts';

interface Dependencies {
  prisma: PrismaClient;
  images: Pick<ImageService, 'discard'>;
  clock: Clock;
  /** 0: results do not expire. */
  retentionDays: number;
  log: Log;
}

const dayMs = 86_400_000;

/** About 10,000 pictures a run, so that the other work of the hour is not held up; the rest waits for the next. */
const maxBatches = 500;

/** Chosen at random; names this work among the advisory locks of the database. */
const advisoryLock = 72_707_370;

/** What the retention leaves, whatever its age: favorites, and results that an unfinished task starts from. The one place that says so. */
const isKept = Prisma.sql`("Image"."isFavorite" OR EXISTS (
  SELECT FROM "TaskReference" JOIN "Task" ON "Task"."id" = "TaskReference"."taskId"
  WHERE "TaskReference"."imageId" = "Image"."id" AND "Task"."completedAt" IS NULL))`;

/**
 * Deletes results that were stored before the retention began. Ends early on the signal, where another node is at it, and
 * where the storage does not delete one of them: the rest waits for the next call.
 * @returns how many
 */
export async function expireResults(parts: Dependencies, signal?: AbortSignal): Promise<number> {
  const { images, clock, retentionDays, log } = parts;
  if (retentionDays === 0) return 0;
  const storedBefore = new Date(clock.nowMs() - retentionDays * dayMs);
  const count = await deleteUnused<OldResult>({
    read: (after) => readPage(parts, storedBefore, after),
    deleteRows: (rows) => deleteRows(parts, rows),
    images,
    maxBatches,
    signal,
  });
  if (count > 0) log.info({ count, retentionDays }, 'deleted results that were kept for the time configured');
  return count;
}

/** Uploads are among them, which are none of the unused: ids are in the order of time, so that the key serves this. */
type OldResult = OldImage & { taskId: string };

function readPage({ prisma }: Dependencies, storedBefore: Date, after: OldResult | undefined) {
  return prisma.$queryRaw<OldResult[]>`
    SELECT "id", "taskId", "taskId" IS NOT NULL AND "createdAt" < ${storedBefore} AND NOT ${isKept} AS "isUnused" FROM (
      SELECT "id", "taskId", "createdAt", "isFavorite" FROM "Image"
      WHERE "id" > ${after?.id ?? ''} AND "id" < ${highestId(storedBefore)} ORDER BY "id" LIMIT ${pageSize}::int
    ) AS "Image" ORDER BY "id"`;
}

function deleteRows({ prisma, clock }: Dependencies, rows: OldResult[]) {
  return prisma.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ isOurs: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${advisoryLock}::bigint) AS "isOurs"`;
    if (!lock?.isOurs) return undefined;
    // The task's row first, in the same order as the deletion of a task with its images.
    const tasks = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Task" WHERE "id" = ANY(${rows.map(({ taskId }) => taskId)}::text[])
      ORDER BY "id" FOR NO KEY UPDATE SKIP LOCKED`;
    // A locked image cannot become a reference; one that became so before is seen by the next statement.
    const locked = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Image" WHERE "id" = ANY(${rows.map(({ id }) => id)}::text[])
        AND "taskId" = ANY(${tasks.map(({ id }) => id)}::text[]) FOR UPDATE SKIP LOCKED`;
    const deleted = await transaction.$queryRaw<(StoredKeys & { taskId: string })[]>`
      DELETE FROM "Image" WHERE "id" = ANY(${locked.map(({ id }) => id)}::text[]) AND NOT ${isKept}
      RETURNING "taskId", "storageKey", "thumbnailKey"`;
    await transaction.task.updateMany({
      where: { id: { in: deleted.map(({ taskId }) => taskId) } },
      data: { imagesExpiredAt: new Date(clock.nowMs()) },
    });
    return deleted;
  });
}
