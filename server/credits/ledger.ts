/**
 * The ledger: the only code that moves credits. Entries are appended, never changed; the balance moves in the same SQL
 * statement as its entry, so that it always is their sum, and a CHECK keeps it from falling below zero.
 */
import { v7 as uuid } from 'uuid';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';

export interface Ledger {
  /** Gives a new account its credits, once however often it is called. */
  grantWelcome(userId: string): Promise<void>;
}

export function createLedger({
  prisma,
  signupCredits,
}: {
  prisma: PrismaClient;
  signupCredits: number;
}): Ledger {
  return {
    async grantWelcome(userId) {
      if (signupCredits === 0) return;
      // The entry's id is made of the user's, so that a second grant conflicts with the first.
      await prisma.$executeRaw`
        WITH "fresh" AS (
          SELECT "id", "credits" FROM "User" u WHERE "id" = ${userId}
            AND NOT EXISTS (SELECT 1 FROM "CreditEntry" WHERE "id" = ${`welcome-${userId}`})
          FOR UPDATE
        ), "entry" AS (
          INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason")
          SELECT ${`welcome-${userId}`}, "id", 'GRANT', ${signupCredits}::int, "credits" + ${signupCredits}::int, 'Welcome credits'
          FROM "fresh"
          ON CONFLICT ("id") DO NOTHING
          RETURNING "userId"
        )
        UPDATE "User" SET "credits" = "credits" + ${signupCredits}::int FROM "entry" WHERE "User"."id" = "entry"."userId"`;
    },
  };
}

interface Movement {
  taskId: string;
  amount: number;
  reason: string;
}

/**
 * Common table expressions that take `amount` credits of the user for the task. The statement goes on with
 * `FROM "paid"`, which has one row where they could be taken and none where they could not.
 * @param charge.unless A condition under which none are taken; looked at again once the user's row is locked.
 */
export function charge({
  userId,
  taskId,
  amount,
  reason,
  unless,
}: Movement & { userId: string; unless: Prisma.Sql }): Prisma.Sql {
  return Prisma.sql`
    "paid" AS (
      UPDATE "User" SET "credits" = "credits" - ${amount}::int
      WHERE "id" = ${userId} AND "credits" >= ${amount}::int AND NOT (${unless})
      RETURNING "id", "credits"
    ), "chargeEntry" AS (
      INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "taskId")
      SELECT ${uuid()}, "id", 'CHARGE', -${amount}::int, "credits", ${reason}, ${taskId} FROM "paid"
    )`;
}

/**
 * Common table expressions that give `amount` credits back for the task, where a preceding expression `"settled"`
 * (columns `id`, `userId`) has a row. The entry's unique key makes a second refund fail the whole statement.
 */
export function refund({ taskId, amount, reason }: Movement): Prisma.Sql {
  return Prisma.sql`
    "refunded" AS (
      UPDATE "User" SET "credits" = "credits" + ${amount}::int FROM "settled"
      WHERE "User"."id" = "settled"."userId" AND ${amount}::int > 0
      RETURNING "User"."id", "User"."credits"
    ), "refundEntry" AS (
      INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "taskId")
      SELECT ${uuid()}, "id", 'REFUND', ${amount}::int, "credits", ${reason}, ${taskId} FROM "refunded"
    )`;
}
