/**
 * The ledger: the only code that moves credits. Entries are appended, never changed; the balance moves in the same SQL
 * statement as its entry, so that it always is their sum, and a CHECK keeps it from falling below zero. A trigger numbers
 * a user's entries in the order in which the balance moved, and another counts what an API key has spent.
 */
import { v7 as uuid } from 'uuid';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';

/** @param signupCredits For an account whose creation decided nothing, as by an earlier version. */
export function createLedger({ prisma, signupCredits }: { prisma: PrismaClient; signupCredits: number }) {
  return {
    /**
     * Grants the welcome credits that were decided when the account was created (`User.welcomeDue`), once.
     * @returns how many this call granted
     */
    async grantWelcome(userId: string): Promise<number> {
      // The entry's id is made of the user's: a node of an earlier version, which knows no `welcomeDue`, may have granted.
      const [granted] = await prisma.$queryRaw<{ amount: number }[]>`
        WITH "due" AS (
          SELECT "id", "credits", coalesce("welcomeDue", ${signupCredits}::int) AS "amount" FROM "User"
          WHERE "id" = ${userId} AND "welcomeDue" IS DISTINCT FROM 0
          FOR NO KEY UPDATE
        ), "entry" AS (
          INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason")
          SELECT ${`welcome-${userId}`}, "id", 'GRANT', "amount", "credits" + "amount", ${welcomeReason}
          FROM "due" WHERE "amount" > 0
          ON CONFLICT ("id") DO NOTHING
          RETURNING "userId", "amount"
        )
        UPDATE "User" SET "credits" = "User"."credits" + coalesce("entry"."amount", 0), "welcomeDue" = 0
        FROM "due" LEFT JOIN "entry" ON "entry"."userId" = "due"."id" WHERE "User"."id" = "due"."id"
        RETURNING coalesce("entry"."amount", 0) AS "amount"`;
      return granted?.amount ?? 0;
    },
  };
}

/** The reason of a welcome grant; an account has at most one. */
export const welcomeReason = 'Welcome credits';

/** How many credits may be charged on one UTC day, without refunds; any number where one is absent. */
export interface DailyLimits {
  perUser?: number | undefined;
  /** Of all users together. Where it is set, charges of all users wait for each other for a moment. */
  total?: number | undefined;
}

interface Movement {
  taskId: string;
  amount: number;
  reason: string;
}

/**
 * Common table expressions that take `amount` credits of the user for the task. The statement continues with
 * `FROM "paid"`, which has the account with its new balance where they could be taken, and no row where they could not.
 * @param charge.apiKeyId The key whose spending rises too; a charge beyond its limit fails the whole statement.
 * @param charge.dailyLimits Beyond the one of the user no credits are taken; beyond that of all, the statement fails.
 * @param charge.unless A condition under which none are taken; looked at again once the user's row is locked.
 */
export function charge({
  userId,
  apiKeyId,
  taskId,
  amount,
  reason,
  unless,
  dailyLimits,
}: Movement & {
  userId: string;
  apiKeyId: string | undefined;
  unless: Prisma.Sql;
  dailyLimits: DailyLimits;
}): Prisma.Sql {
  // A statement that waited past midnight counts for the day on which another one has been counted meanwhile.
  const chargedToday = Prisma.sql`CASE WHEN "chargedOn" >= ${today} THEN "chargedToday" ELSE 0 END`;
  const { perUser, total } = dailyLimits;
  const isWithinDay =
    perUser === undefined
      ? Prisma.empty
      : Prisma.sql`AND (${chargedToday})::bigint + ${amount}::int <= ${perUser}::int`;
  return Prisma.sql`
    "paid" AS (
      UPDATE "User" SET "credits" = "credits" - ${amount}::int, "chargedOn" = greatest("chargedOn", ${today}),
        "chargedToday" = (${chargedToday}) + ${amount}::int
      WHERE "id" = ${userId} AND "credits" >= ${amount}::int AND NOT (${unless}) ${isWithinDay}
      RETURNING "id", "name", "email", "credits", "role"
    ), "chargeEntry" AS (
      INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "taskId", "apiKeyId")
      SELECT ${uuid()}, "id", 'CHARGE', -${amount}::int, "credits", ${reason}, ${taskId}, ${apiKeyId ?? null}::text
      FROM "paid"
    )${total === undefined ? Prisma.empty : countForAll(amount, total)}`;
}

/** The UTC day, by the database's clock. */
const today = Prisma.sql`(now() AT TIME ZONE 'UTC')::date`;

/** A charge beyond the limit violates a CHECK (`isBeyondDailyTotal`), and so undoes its whole statement. */
function countForAll(amount: number, limit: number): Prisma.Sql {
  return Prisma.sql`, "counted" AS (
      INSERT INTO "DailyCharge" ("day", "credits", "limit") SELECT ${today}, ${amount}::int, ${limit}::bigint FROM "paid"
      ON CONFLICT ("day") DO UPDATE
      SET "credits" = "DailyCharge"."credits" + EXCLUDED."credits", "limit" = EXCLUDED."limit"
    )`;
}

/** Whether a user who pays this would have been charged more today than the limit allows; reads what is committed now. */
export function isBeyondDay(userId: string, amount: number, { perUser }: DailyLimits): Prisma.Sql {
  if (perUser === undefined) return Prisma.sql`false`;
  return Prisma.sql`"chargedToday"(${userId})::bigint + ${amount}::int > ${perUser}::int`;
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

/** What a balance can be: the range of its column. */
export const maxBalance = 2_147_483_647;

/**
 * Common table expressions that give `amount` credits to a user, or take them back where it is negative. The statement
 * continues with `FROM "moved"`, which has the account where they moved, and no row where there is no such user or the
 * balance would leave its range. @param movement.entryId Of the new entry.
 */
export function moveByOperator(movement: {
  entryId: string;
  userId: string;
  amount: number;
  reason: string;
}): Prisma.Sql {
  const { entryId, userId, amount, reason } = movement;
  return Prisma.sql`
    "moved" AS (
      UPDATE "User" SET "credits" = "credits" + ${amount}::int
      WHERE "id" = ${userId} AND "credits"::bigint + ${amount}::int BETWEEN 0 AND ${maxBalance}::int
      RETURNING "id", "credits"
    ), "moveEntry" AS (
      INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason")
      SELECT ${entryId}, "id", ${amount < 0 ? 'ADJUSTMENT' : 'GRANT'}::"CreditEntryKind", ${amount}::int, "credits", ${reason}
      FROM "moved"
    )`;
}
