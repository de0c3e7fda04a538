/** Figures of the whole installation, read from the database. */
import type { PrismaClient } from '../generated/prisma/client.ts';

export interface InstallationFigures {
  unfinished: { provider: string; status: string; count: number }[];
  /** Due, and leased by no worker. */
  dueTasks: number;
  oldestDueSeconds: number;
  /** Cancels that have not reached the provider. */
  waitingCancels: number;
  /** Due deliveries to endpoints of users, counted up to 10,000. */
  waitingWebhooks: number;
}

interface Row extends Omit<InstallationFigures, 'unfinished'> {
  unfinished: InstallationFigures['unfinished'] | null;
}

/** An outbox may hold millions. */
const mostCounted = 10_000;
/** The same figures are used again for this long, however many collectors scrape. */
const freshMs = 5_000;

/** @returns a function that reads the figures in one statement, whose cost depends on unfinished work only */
export function createInstallationFigures({ prisma }: { prisma: PrismaClient }) {
  let last: { figures: Promise<InstallationFigures>; atMs: number } | undefined;
  const read = async (): Promise<InstallationFigures> => {
    const [row] = await prisma.$queryRaw<Row[]>`
      SELECT
        (SELECT json_agg("each") FROM (
          SELECT "provider", "status", count(*)::int AS "count" FROM "Task"
          WHERE "status" IN ('PENDING', 'PROCESSING') GROUP BY 1, 2
        ) AS "each") AS "unfinished",
        "due"."count" AS "dueTasks", "due"."seconds" AS "oldestDueSeconds",
        (SELECT count(*)::int FROM "UpstreamCancel") AS "waitingCancels",
        (SELECT count(*)::int FROM (
          SELECT FROM "OutgoingWebhook" WHERE "nextAttemptAt" <= now() LIMIT ${mostCounted}::int
        ) AS "waiting") AS "waitingWebhooks"
      FROM (
        SELECT count(*)::int AS "count",
          coalesce(extract(epoch FROM now() - min("dueAt")), 0)::float8 AS "seconds"
        FROM "Task" WHERE "dueAt" <= now() AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())
      ) AS "due"`;
    return { ...row!, unfinished: row!.unfinished ?? [] };
  };
  return (): Promise<InstallationFigures> => {
    if (!last || performance.now() - last.atMs > freshMs) last = { figures: read(), atMs: performance.now() };
    return last.figures;
  };
}
