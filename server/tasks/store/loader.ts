/** Loads tasks with their pictures. Concurrent reads are batched into one statement. */
import { readRows } from '../../database/read-rows.ts';
import { type Image, Prisma, type PrismaClient, type Task } from '../../generated/prisma/client.ts';
import { createBatchedLookup } from '../../lib/batched-lookup.ts';
import type { TaskSnapshot } from './snapshot.ts';
import { type ChangesQuestion, findChanges } from './task-changes.ts';

/**
 * A task's columns, for statements of our own. `*` means another result from the moment that a newer version of the
 * product adds a column, and PostgreSQL then refuses the named statements of the nodes that are still old.
 */
export const taskColumns = Prisma.raw(
  Object.values(Prisma.TaskScalarFieldEnum)
    .map((name) => `"Task"."${name}"`)
    .join(', '),
);

/** The references of the task, as JSON. */
export const referenceImagesOf = (taskId: Prisma.Sql) => Prisma.sql`(
  SELECT coalesce(jsonb_agg(
    jsonb_build_object('position', "TaskReference"."position", 'image', to_jsonb("Image"))
    ORDER BY "TaskReference"."position"), '[]')
  FROM "TaskReference" LEFT JOIN "Image" ON "Image"."id" = "imageId"
  WHERE "TaskReference"."taskId" = ${taskId}
)`;

export type TaskLoader = ReturnType<typeof createTaskLoader>;

export function createTaskLoader({ prisma }: { prisma: PrismaClient }) {
  const read = async (condition: Prisma.Sql): Promise<TaskSnapshot[]> => {
    const rows = await readRows<SnapshotRow>(
      prisma,
      Prisma.sql`
      SELECT ${taskColumns}, (
        SELECT coalesce(jsonb_agg(to_jsonb("Image") ORDER BY "position"), '[]')
        FROM "Image" WHERE "taskId" = "Task"."id"
      ) AS "images", ${referenceImagesOf(Prisma.sql`"Task"."id"`)} AS "referenceImages"
      FROM "Task" WHERE ${condition} ORDER BY "id"`,
    );
    return rows.map(snapshotOf);
  };
  const byId = createBatchedLookup(async (ids) => {
    const found = await read(Prisma.sql`"id" = ANY(${ids}::text[])`);
    return new Map(found.map((task) => [task.id, task]));
  });
  const activeOf = createBatchedLookup(async (userIds) => {
    const isActive = Prisma.sql`"userId" = ANY(${userIds}::text[]) AND "status" IN ('PENDING', 'PROCESSING')`;
    return Map.groupBy(await read(isActive), ({ userId }) => userId);
  });

  const clock = createBatchedLookup(async (keys) => {
    const [row] = await prisma.$queryRaw<[{ now: Date }]>`SELECT now() AS "now"`;
    return new Map(keys.map((key) => [key, row.now]));
  });

  /** The task, of that owner where one is given. */
  const find = async (id: string, userId?: string): Promise<TaskSnapshot | null> => {
    const task = await byId(id);
    return userId === undefined || task?.userId === userId ? task : null;
  };

  return {
    find,

    /** Those of the user's tasks that are there, in the order of the ids. */
    async findMany(userId: string, ids: string[]): Promise<TaskSnapshot[]> {
      const found = await Promise.all(ids.map((id) => find(id, userId)));
      return found.filter((task) => task !== null);
    },

    /** The database's clock. Concurrent reads are batched too. */
    now: async (): Promise<Date> => (await clock('now'))!,

    findChanges: (question: ChangesQuestion) => findChanges(prisma, question),

    /** The user's unfinished tasks, oldest first. */
    findActive: async (userId: string): Promise<TaskSnapshot[]> => (await activeOf(userId)) ?? [],
  };
}

/** A picture as JSON has it. */
type ImageRow = Omit<Image, 'createdAt'> & { createdAt: string };

/** A task with its pictures, as a statement of our own returns it. */
export interface SnapshotRow extends Task {
  images: ImageRow[];
  referenceImages: { position: number; image: ImageRow | null }[];
}

export function snapshotOf(row: SnapshotRow): TaskSnapshot {
  const images = row.images.map(imageOf);
  const referenceImages = row.referenceImages.map(({ position, image }) => ({
    position,
    image: image && imageOf(image),
  }));
  return { ...row, images, referenceImages };
}

const imageOf = (row: ImageRow): Image => ({ ...row, createdAt: new Date(row.createdAt) });
