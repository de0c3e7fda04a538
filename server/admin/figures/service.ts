/** What users spend and store. */
import { readRows } from '../../database/read-rows.ts';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import { createSemaphore } from '../../lib/semaphore.ts';

export type OperatorFigures = ReturnType<typeof createOperatorFigures>;

/** Sums over entries of the ledger, in credits. */
export interface CreditUsage {
  charged: number;
  refunded: number;
  granted: number;
  takenBack: number;
  /** How many charges there were. */
  charges: number;
}

export interface StorageShare {
  source: 'UPLOAD' | 'IMPORT' | 'TASK';
  images: number;
  /** Without thumbnails. */
  bytes: number;
}

/** Entries written in `[from, to)`; all where both are absent. */
export interface UsagePeriod {
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}

export function createOperatorFigures({ prisma }: { prisma: PrismaClient }) {
  // One of them at a time in a process, as each reads whole tables; those that wait give up on the signal.
  const { run } = createSemaphore(1);
  const read = <Row>(statement: Prisma.Sql, signal?: AbortSignal) =>
    run(() => readRows<Row>(prisma, statement, { isLong: true }), { ...(signal && { signal }) });
  return {
    /** Of the user, or of all users, deleted ones included. */
    async creditUsage(
      userId: string | undefined,
      { from, to }: UsagePeriod,
      signal?: AbortSignal,
    ): Promise<CreditUsage> {
      const conditions = [
        Prisma.sql`true`,
        ...(userId === undefined ? [] : [Prisma.sql`"userId" = ${userId}`]),
        ...(from ? [Prisma.sql`"createdAt" >= ${from}::timestamptz`] : []),
        ...(to ? [Prisma.sql`"createdAt" < ${to}::timestamptz`] : []),
      ];
      const [sums] = await read<CreditUsage>(
        Prisma.sql`
        SELECT coalesce(-sum("amount") FILTER (WHERE "kind" = 'CHARGE'), 0)::float8 AS "charged",
          coalesce(sum("amount") FILTER (WHERE "kind" = 'REFUND'), 0)::float8 AS "refunded",
          coalesce(sum("amount") FILTER (WHERE "kind" = 'GRANT'), 0)::float8 AS "granted",
          coalesce(-sum("amount") FILTER (WHERE "kind" = 'ADJUSTMENT'), 0)::float8 AS "takenBack",
          count(*) FILTER (WHERE "kind" = 'CHARGE')::int AS "charges"
        FROM "CreditEntry" WHERE ${Prisma.join(conditions, ' AND ')}`,
        signal,
      );
      return sums!;
    },

    /** The images of the user, or of all users, by where they come from. */
    storage(userId: string | undefined, signal?: AbortSignal): Promise<StorageShare[]> {
      const ofUser = userId === undefined ? Prisma.empty : Prisma.sql`WHERE "userId" = ${userId}`;
      return read<StorageShare>(
        Prisma.sql`
        SELECT "source", coalesce("images", 0)::int AS "images", coalesce("bytes", 0)::float8 AS "bytes"
        FROM unnest(ARRAY['UPLOAD', 'IMPORT', 'TASK']) WITH ORDINALITY AS "sources"("source", "position")
        LEFT JOIN (
          SELECT CASE WHEN "taskId" IS NOT NULL THEN 'TASK' WHEN "isImported" THEN 'IMPORT' ELSE 'UPLOAD' END AS "source",
            count(*) AS "images", sum("byteSize") AS "bytes"
          FROM "Image" ${ofUser} GROUP BY 1
        ) AS "stored" USING ("source") ORDER BY "position"`,
        signal,
      );
    },
  };
}
