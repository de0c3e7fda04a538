/** Idempotency keys of clients. After `idempotencyHours` the same key is a new request. */
import { batchSize, inBatches } from '../../database/batches.ts';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';

/** A client's key, with a hash of the operation and its input. */
export interface Idempotency {
  key: string;
  requestHash: string;
}

const idempotencyHours = 72;

export type IdempotencyKeys = ReturnType<typeof createIdempotencyKeys>;

export function createIdempotencyKeys({ prisma, clock }: { prisma: PrismaClient; clock: Clock }) {
  return {
    /** What the user used the key for; null where it is unused or has expired. */
    async find(userId: string, key: string) {
      const used = await prisma.idempotencyKey.findUnique({ where: { userId_key: { userId, key } } });
      if (!used || used.createdAt.getTime() > clock.nowMs() - idempotencyHours * 3_600_000) return used;
      await prisma.idempotencyKey.deleteMany({ where: { userId, key, createdAt: used.createdAt } });
      return null;
    },

    /** Deletes expired keys. */
    async purgeExpired(): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "IdempotencyKey" WHERE ("userId", "key") IN (
            SELECT "userId", "key" FROM "IdempotencyKey"
            WHERE "createdAt" < now() - ${idempotencyHours}::int * interval '1 hour' LIMIT ${batchSize}::int)`,
      );
    },
  };
}

/** Part of a statement: inserts the key for the user in the table expression `from`, which has the user's `id`. */
export const insertIdempotencyKey = (
  idempotency: Idempotency,
  taskId: string,
  from: Prisma.Sql,
) => Prisma.sql`
  INSERT INTO "IdempotencyKey" ("userId", "key", "requestHash", "taskId")
  SELECT "id", ${idempotency.key}, ${idempotency.requestHash}, ${taskId} FROM ${from}`;

/** Part of a statement: whether the user's key is in the table, expired or not. */
export const isKeyUsed = (userId: string, key: string) =>
  Prisma.sql`EXISTS (SELECT FROM "IdempotencyKey" WHERE "userId" = ${userId} AND "key" = ${key})`;
