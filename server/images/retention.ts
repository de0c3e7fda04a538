/**
 * Deletes the pictures of old tasks, where the installation keeps them for a limited time only (`RETENTION_DAYS`). Tasks and
 * ledger stay. `app.ts` runs it hourly.
 */
import { Prisma, type Image, type PrismaClient } from '../generated/prisma/client.ts';
import type { Clock } from '../lib/clock.ts';
import { highestId } from '../lib/id-range.ts';
import type { Log } from '../lib/log.ts';
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

/** Small, and one at first, for the reason that `expiry.ts` gives. */
const [firstBatchSize, batchSize] = [1, 20];
/** About 10,000 pictures a run, so that the other work of the hour is not held up; the rest waits for the next. */
const maxBatches = 500;

/** Chosen at random; names this work among the advisory locks of the database. */
const advisoryLock = 72_707_370;

/** What the retention leaves, whatever its age: results that an unfinished task starts from. The one place that says so. */
const isKept = Prisma.sql`EXISTS (
  SELECT FROM "TaskReference" JOIN "Task" ON "Task"."id" = "TaskReference"."taskId"
  WHERE "TaskReference"."imageId" = "Image"."id" AND "Task"."completedAt" IS NULL)`;

/**
 * Deletes results that were stored before the retention began. Ends early on the signal, where another node is at it, and
 * where the storage does not delete one of them: the rest waits for the next call.
 * @returns how many
 */
export async function expireResults(parts: Dependencies, signal?: AbortSignal): Promise<number> {
  const { images, clock, retentionDays, log } = parts;
  if (retentionDays === 0) return 0;
  const storedBefore = new Date(clock.nowMs() - retentionDays * dayMs);
  let count = 0;
  for (let batch = 0; batch < maxBatches && !signal?.aborted; batch += 1) {
    const size = batch === 0 ? firstBatchSize : batchSize;
    const { locked, deleted } = await deleteBatch(parts, storedBefore, size);
    const left = await images.discard(deleted);
    count += deleted.length;
    if (locked < size || left > 0) break;
  }
  if (count > 0) log.info({ count, retentionDays }, 'deleted results that were kept for the time configured');
  return count;
}

type Expired = Pick<Image, 'id' | 'storageKey' | 'thumbnailKey'> & { taskId: string };

function deleteBatch(
  { prisma, clock }: Dependencies,
  storedBefore: Date,
  size: number,
): Promise<{ locked: number; deleted: Expired[] }> {
  return prisma.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ isOurs: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${advisoryLock}::bigint) AS "isOurs"`;
    if (!lock?.isOurs) return { locked: 0, deleted: [] };
    // Ids rise with time, so that only old rows are looked at.
    const found = await transaction.$queryRaw<{ id: string; taskId: string }[]>`
      SELECT "id", "taskId" FROM "Image" WHERE "taskId" IS NOT NULL AND "id" < ${highestId(storedBefore)}
        AND "createdAt" < ${storedBefore} AND NOT ${isKept}
      ORDER BY "id" LIMIT ${size}::int`;
    // The task's row first, in the same order as the deletion of a task with its images.
    const tasks = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Task" WHERE "id" = ANY(${found.map(({ taskId }) => taskId)}::text[])
      ORDER BY "id" FOR NO KEY UPDATE SKIP LOCKED`;
    // A locked image cannot become a reference; one that became so before is seen by the next statement.
    const locked = await transaction.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Image" WHERE "id" = ANY(${found.map(({ id }) => id)}::text[])
        AND "taskId" = ANY(${tasks.map(({ id }) => id)}::text[]) FOR UPDATE SKIP LOCKED`;
    const deleted = await transaction.$queryRaw<Expired[]>`
      DELETE FROM "Image" WHERE "id" = ANY(${locked.map(({ id }) => id)}::text[]) AND NOT ${isKept}
      RETURNING "id", "taskId", "storageKey", "thumbnailKey"`;
    await transaction.task.updateMany({
      where: { id: { in: deleted.map(({ taskId }) => taskId) } },
      data: { imagesExpiredAt: new Date(clock.nowMs()) },
    });
    return { locked: locked.length, deleted };
  });
}
