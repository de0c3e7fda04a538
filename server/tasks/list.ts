/** Lists and counts a user's tasks by a filter. */
import { unprepared } from '../database/postgres.ts';
import { Prisma, type PrismaClient, type TaskStatus } from '../generated/prisma/client.ts';
import { highestId, lowestId } from '../lib/id-range.ts';
import type { PerKeySemaphore } from '../lib/per-key-limits.ts';
import { searchWords } from '../lib/search-words.ts';
import type { Scene } from '../providers/provider.ts';

export interface TaskCondition {
  status?: TaskStatus[];
  scene?: Scene;
  model?: string;
  /** Words that the prompt contains, whatever the case and the composition of their letters. */
  search?: string;
  /** Whether one of its images is a favorite. */
  hasFavorite?: boolean;
  /** Exclusive. */
  createdAfter?: Date;
  /** Exclusive. */
  createdBefore?: Date;
}

export interface Page {
  /** How many: the newest where positive, the oldest where negative. */
  take: number;
  /** Only tasks beyond that id: older ones where `take` is positive, newer ones where it is negative. */
  beyond?: string | undefined;
}

/** A count with any condition goes no further. */
const maxCount = 10_000;

export type TaskList = ReturnType<typeof createTaskList>;

/** @param parts.limit Shared by everything that lists or counts: a user's statements run few at a time. */
export function createTaskList({ prisma, limit }: { prisma: PrismaClient; limit: PerKeySemaphore }) {
  return {
    /** Ids of a page of the user's tasks, newest first. */
    async page(userId: string, condition: TaskCondition, { take, beyond }: Page): Promise<string[]> {
      const { from, id, where } = statementOf(userId, condition);
      const side = Prisma.raw(take < 0 ? '>' : '<');
      const place = beyond === undefined ? Prisma.empty : Prisma.sql`AND ${id} ${side} ${beyond}`;
      const order = Prisma.raw(take < 0 ? 'ASC' : 'DESC');
      const rows = await limit.run(
        userId,
        () => prisma.$queryRaw<{ id: string }[]>`${head}
          SELECT ${id} AS "id" FROM ${from} WHERE ${where} ${place} ORDER BY ${id} ${order} LIMIT ${Math.abs(take)}::int`,
      );
      const ids = rows.map((row) => row.id);
      return take < 0 ? ids.toReversed() : ids;
    },

    /** How many tasks of the user's there are: exactly without a condition; with any, `maxCount` at most. */
    async count(userId: string, condition: TaskCondition): Promise<number> {
      const { from, where, hasCondition } = statementOf(userId, condition);
      const most = hasCondition ? Prisma.sql`LIMIT ${maxCount}::int` : Prisma.empty;
      const [row] = await limit.run(
        userId,
        () => prisma.$queryRaw<{ count: number }[]>`${head}
          SELECT count(*)::int AS "count" FROM (SELECT FROM ${from} WHERE ${where} ${most}) AS "found"`,
      );
      return row?.count ?? 0;
    },
  };
}

/** Which index serves best depends on the words. */
const head = Prisma.raw(unprepared);

function statementOf(userId: string, condition: TaskCondition) {
  const { status, scene, model, search, hasFavorite, createdAfter, createdBefore } = condition;
  const ofPrompt = searchWords(search ?? '').map(
    (word) => Prisma.sql`"TaskSearch"."text" LIKE ${`%${word}%`}`,
  );
  // A search without other conditions reads its own small table only.
  const table = Prisma.raw(ofPrompt.length > 0 ? '"TaskSearch"' : '"Task"');
  const id = Prisma.raw(ofPrompt.length > 0 ? '"TaskSearch"."taskId"' : '"Task"."id"');
  const ofTask = [
    ...(status ? [Prisma.sql`"Task"."status" = ANY(${status}::text[]::"TaskStatus"[])`] : []),
    ...(scene ? [Prisma.sql`"Task"."scene" = ${scene}::"Scene"`] : []),
    ...(model === undefined ? [] : [Prisma.sql`"Task"."model" = ${model}`]),
    ...(hasFavorite === undefined
      ? []
      : [
          Prisma.sql`${hasFavorite ? Prisma.empty : Prisma.sql`NOT`} EXISTS (
          SELECT FROM "Image" WHERE "taskId" = "Task"."id" AND "isFavorite" AND "Image"."userId" = ${userId})`,
        ]),
    // The range of ids is for the index.
    ...(createdAfter
      ? [Prisma.sql`${id} > ${lowestId(createdAfter)} AND "Task"."createdAt" > ${createdAfter}`]
      : []),
    ...(createdBefore
      ? [Prisma.sql`${id} < ${highestId(createdBefore)} AND "Task"."createdAt" < ${createdBefore}`]
      : []),
  ];
  const join =
    ofPrompt.length > 0 && ofTask.length > 0
      ? Prisma.sql` JOIN "Task" ON "Task"."id" = "TaskSearch"."taskId"`
      : Prisma.empty;
  const conditions = [Prisma.sql`${table}."userId" = ${userId}`, ...ofTask, ...ofPrompt];
  return {
    from: Prisma.sql`${table}${join}`,
    id,
    where: Prisma.join(conditions, ' AND '),
    hasCondition: conditions.length > 1,
  };
}
