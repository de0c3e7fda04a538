/** Work that has to be canceled at its provider: rows of their own, because the task may be deleted meanwhile. */
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import type { JsonValue } from '../../lib/json.ts';

export interface UpstreamCancel {
  id: string;
  provider: string;
  operation: JsonValue;
  /** Milliseconds since the cancel was requested. */
  ageMs: number;
}

export type UpstreamCancels = ReturnType<typeof createUpstreamCancels>;

export function createUpstreamCancels({ prisma }: { prisma: PrismaClient }) {
  return {
    async add(provider: string, operation: JsonValue): Promise<void> {
      await prisma.$executeRaw`
        INSERT INTO "UpstreamCancel" ("id", "provider", "operation")
        VALUES (gen_random_uuid()::text, ${provider}, ${JSON.stringify(operation)}::jsonb)`;
    },

    /** Takes due cancels of the providers; no other node gets them for `retryMs`. */
    async take({ providers, limit, retryMs }: TakeOptions): Promise<UpstreamCancel[]> {
      return prisma.$queryRaw<UpstreamCancel[]>`
        UPDATE "UpstreamCancel" SET "dueAt" = now() + ${retryMs}::int * interval '1 millisecond'
        WHERE "id" IN (
          SELECT "id" FROM "UpstreamCancel" WHERE "dueAt" <= now() AND "provider" = ANY(${providers}::text[])
          ORDER BY "dueAt" LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        ) RETURNING "id", "provider", "operation", (extract(epoch FROM now() - "createdAt") * 1000)::float8 AS "ageMs"`;
    },

    async remove(id: string): Promise<void> {
      await prisma.upstreamCancel.deleteMany({ where: { id } });
    },
  };
}

interface TakeOptions {
  providers: readonly string[];
  limit: number;
  retryMs: number;
}

/** Part of a statement: a cancel of each row of the table expression `from`, which has `provider` and `operation`. */
export const insertUpstreamCancels = (from: Prisma.Sql) => Prisma.sql`
  INSERT INTO "UpstreamCancel" ("id", "provider", "operation")
  SELECT gen_random_uuid()::text, "provider", "operation" FROM ${from} WHERE "operation" IS NOT NULL`;
