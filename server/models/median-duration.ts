import type { PrismaClient } from '../generated/prisma/client.ts';

/**
 * @returns the median run time of a model's last 50 successful tasks, in milliseconds; null where there are fewer than 5
 */
export function createMedianDuration({ prisma }: { prisma: PrismaClient }) {
  return async (model: string): Promise<number | null> => {
    const [row] = await prisma.$queryRaw<{ runs: number; median: number | null }[]>`
      SELECT count(*)::int AS "runs", percentile_cont(0.5) WITHIN GROUP (ORDER BY "ms") AS "median" FROM (
        SELECT extract(epoch FROM "completedAt" - "startedAt") * 1000 AS "ms" FROM "Task"
        WHERE "model" = ${model} AND "status" = 'SUCCESS' AND "startedAt" IS NOT NULL
        ORDER BY "completedAt" DESC LIMIT 50
      ) AS "recent"`;
    return row && row.runs >= 5 && row.median !== null ? Math.round(row.median) : null;
  };
}
