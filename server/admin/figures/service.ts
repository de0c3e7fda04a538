/** What users spend and store. */
import type { PrismaClient } from '../../generated/prisma/client.ts';

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
  return {
    /** Of the user, or of all users, deleted ones included. */
    async creditUsage(userId: string | undefined, { from, to }: UsagePeriod): Promise<CreditUsage> {
      const [sums] = await prisma.$queryRaw<[CreditUsage]>`
        SELECT coalesce(-sum("amount") FILTER (WHERE "kind" = 'CHARGE'), 0)::float8 AS "charged",
          coalesce(sum("amount") FILTER (WHERE "kind" = 'REFUND'), 0)::float8 AS "refunded",
          coalesce(sum("amount") FILTER (WHERE "kind" = 'GRANT'), 0)::float8 AS "granted",
          coalesce(-sum("amount") FILTER (WHERE "kind" = 'ADJUSTMENT'), 0)::float8 AS "takenBack",
          count(*) FILTER (WHERE "kind" = 'CHARGE')::int AS "charges"
        FROM "CreditEntry"
        WHERE (${userId ?? null}::text IS NULL OR "userId" = ${userId ?? null})
          AND (${from ?? null}::timestamptz IS NULL OR "createdAt" >= ${from ?? null})
          AND (${to ?? null}::timestamptz IS NULL OR "createdAt" < ${to ?? null})`;
      return sums;
    },

    /** The images of the user, or of all users, by where they come from. */
    async storage(userId: string | undefined): Promise<StorageShare[]> {
      return prisma.$queryRaw<StorageShare[]>`
        SELECT "source", count("id")::int AS "images", coalesce(sum("byteSize"), 0)::float8 AS "bytes"
        FROM unnest(ARRAY['UPLOAD', 'IMPORT', 'TASK']) WITH ORDINALITY AS "sources"("source", "position")
        LEFT JOIN "Image" ON "source" = CASE
            WHEN "taskId" IS NOT NULL THEN 'TASK' WHEN "isImported" THEN 'IMPORT' ELSE 'UPLOAD' END
          AND (${userId ?? null}::text IS NULL OR "userId" = ${userId ?? null})
        GROUP BY "source", "sources"."position" ORDER BY "sources"."position"`;
    },
  };
}
