/** Finds out which tasks have changed, in one statement that returns ids only, whatever the number of subscriptions. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { lowestId } from '../../lib/id-range.ts';

export interface ChangesQuestion {
  /** Versions by the ids of tasks. */
  known: ReadonlyMap<string, number>;
  /** The users whose new tasks are wanted. */
  userIds: readonly string[];
  /** The instant of the database's clock from which on they are. */
  createdSince: Date;
}

export interface TaskChanges {
  /** The ids of those of the known tasks that have a newer version, or are not there any more. */
  changed: string[];
  created: { id: string; userId: string; version: number }[];
  /** The database's clock. */
  now: Date;
}

export async function findChanges(prisma: PrismaClient, question: ChangesQuestion): Promise<TaskChanges> {
  const { known, userIds, createdSince } = question;
  // Lists as one text each: the driver would escape and copy every element of an array, which takes longer than the rest.
  const ids = [...known.keys()].join();
  const versions = [...known.values()].join();
  // LIMIT and OFFSET keep the planner at one search of the index a row, however large the table is.
  const [row] = await prisma.$queryRaw<[TaskChanges]>`
    SELECT now() AS "now", ARRAY(
      SELECT "known"."id"
      FROM unnest(string_to_array(${ids}, ','), string_to_array(${versions}, ',')::integer[]) AS "known"("id", "version")
      LEFT JOIN LATERAL (
        SELECT "version" FROM "Task" WHERE "Task"."id" = "known"."id" LIMIT 1
      ) AS "task" ON true
      WHERE coalesce("task"."version" > "known"."version", true)
    ) AS "changed", (
      SELECT coalesce(jsonb_agg(to_jsonb("task")), '[]')
      FROM unnest(${userIds}::text[]) AS "owner"("id")
      CROSS JOIN LATERAL (
        SELECT "id", "userId", "version" FROM "Task"
        WHERE "userId" = "owner"."id" AND "id" > ${lowestId(createdSince)} AND "createdAt" >= ${createdSince}
        OFFSET 0
      ) AS "task"
    ) AS "created"`;
  return row;
}
