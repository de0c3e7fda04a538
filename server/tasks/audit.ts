/** What must always hold of credits and tasks, each as a query for the rows at fault. Reads only. */
import { welcomeReason } from '../credits/ledger.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

export interface AuditResult {
  /** The rule, as a sentence. */
  rule: string;
  /** The rows that break it, 20 at most. */
  faults: Record<string, unknown>[];
}

/** For all rules together, on a ledger of any size. */
const timeoutMs = 3_600_000;

/** The worker ends a task within this time after its deadline. */
const maxOverdueSeconds = 60;

/** The one rule that depends on a server that runs. */
export const deadlineRule = 'No task is unfinished after its deadline';

const rules: Readonly<Record<string, string>> = {
  'Every balance is the sum of its entries': `
    SELECT u."id" AS "userId", u."credits", coalesce(sum(e."amount"), 0)::int AS "entries"
    FROM "User" u LEFT JOIN "CreditEntry" e ON e."userId" = u."id"
    GROUP BY u."id" HAVING u."credits" <> coalesce(sum(e."amount"), 0)`,
  'No balance is below zero': `SELECT "id" AS "userId", "credits" FROM "User" WHERE "credits" < 0`,
  'Every entry says the balance that it left': `
    SELECT * FROM (
      SELECT "id" AS "entryId", "userId", "number", "balanceAfter",
        sum("amount") OVER (PARTITION BY "userId" ORDER BY "number")::int AS "balance" FROM "CreditEntry"
    ) AS "line" WHERE "balanceAfter" <> "balance"`,
  'Every entry and every deleted task has its account, which may have been deleted since': `
    SELECT "of".* FROM (
      SELECT DISTINCT "userId" FROM "CreditEntry" UNION SELECT "userId" FROM "DeletedTask"
    ) AS "of"
    WHERE NOT EXISTS (SELECT FROM "User" u WHERE u."id" = "of"."userId")
      AND NOT EXISTS (SELECT FROM "DeletedUser" d WHERE d."userId" = "of"."userId")`,
  'Every account was granted welcome credits at most once': `
    SELECT "userId", count(*)::int AS "grants" FROM "CreditEntry"
    WHERE "kind" = 'GRANT' AND ("reason" = '${welcomeReason}' OR "id" LIKE 'welcome-%')
      AND "id" NOT IN (SELECT "entryId" FROM "CreditGrant")
    GROUP BY "userId" HAVING count(*) > 1`,
  'Every charge and refund has its task, which may have been deleted since': `
    SELECT e."id" AS "entryId", e."kind", e."taskId", e."userId" FROM "CreditEntry" e
    WHERE e."kind" IN ('CHARGE', 'REFUND') AND NOT EXISTS (SELECT FROM "Task" t WHERE t."id" = e."taskId")
      AND NOT EXISTS (SELECT FROM "DeletedTask" d WHERE d."taskId" = e."taskId")`,
  'Everything that was taken back has the key of its operator, and every key one action in the audit trail': `
    SELECT "id" AS "entryId", NULL AS "key" FROM "CreditEntry" e
    WHERE "kind" = 'ADJUSTMENT' AND NOT EXISTS (SELECT FROM "CreditGrant" g WHERE g."entryId" = e."id")
    UNION ALL SELECT g."entryId", g."key" FROM "CreditGrant" g
    LEFT JOIN "OperatorAction" a ON a."details"->>'entry' = g."entryId"
    GROUP BY g."key" HAVING count(a."id") <> 1`,
  'Entries, pictures, references and keys belong to the owner of their task': `
    SELECT "of"."what", "of"."id", "of"."taskId", "of"."userId", t."userId" AS "owner" FROM (
      SELECT 'entry' AS "what", "id", "taskId", "userId" FROM "CreditEntry"
      UNION ALL SELECT 'picture', "id", "taskId", "userId" FROM "Image"
      UNION ALL SELECT 'reference', i."id", r."taskId", i."userId" FROM "TaskReference" r JOIN "Image" i ON i."id" = r."imageId"
      UNION ALL SELECT 'key', "key", "taskId", "userId" FROM "IdempotencyKey"
    ) AS "of" JOIN (
      SELECT "id", "userId" FROM "Task" UNION ALL SELECT "taskId", "userId" FROM "DeletedTask"
    ) AS t ON t."id" = "of"."taskId" WHERE t."userId" <> "of"."userId"`,
  'Every task was charged its cost, once': `
    SELECT t."id" AS "taskId", t."costCredits", e."charged", e."entries" FROM "Task" t
    LEFT JOIN (SELECT "taskId", -sum("amount")::int AS "charged", count(*)::int AS "entries"
      FROM "CreditEntry" WHERE "kind" = 'CHARGE' GROUP BY "taskId") e ON e."taskId" = t."id"
    WHERE e."entries" IS DISTINCT FROM 1 OR e."charged" <> t."costCredits"`,
  'Every task was refunded what it says, at most once': `
    SELECT t."id" AS "taskId", t."refundedCredits", e."refunded", e."entries" FROM "Task" t
    LEFT JOIN (SELECT "taskId", sum("amount")::int AS "refunded", count(*)::int AS "entries"
      FROM "CreditEntry" WHERE "kind" = 'REFUND' GROUP BY "taskId") e ON e."taskId" = t."id"
    WHERE e."entries" > 1 OR coalesce(e."refunded", 0) <> t."refundedCredits"`,
  'No entry gives back more than its task was charged': `
    SELECT "taskId", sum("amount")::int AS "sum" FROM "CreditEntry" WHERE "taskId" IS NOT NULL
    GROUP BY "taskId" HAVING sum("amount") > 0`,
  'Every API key has spent the charges of its tasks without their refunds': `
    SELECT k."id" AS "apiKeyId", k."creditsSpent", -coalesce(sum(e."amount"), 0)::int AS "entries" FROM "ApiKey" k
    LEFT JOIN "CreditEntry" c ON c."apiKeyId" = k."id"
    LEFT JOIN "CreditEntry" e ON e."taskId" = c."taskId"
    GROUP BY k."id" HAVING k."creditsSpent" <> -coalesce(sum(e."amount"), 0)`,
  'FAILED and CANCELED tasks were refunded in full': `
    SELECT "id" AS "taskId", "status", "costCredits", "refundedCredits" FROM "Task"
    WHERE "status" IN ('FAILED', 'CANCELED') AND "refundedCredits" <> "costCredits"`,
  'SUCCESS tasks had a picture, and were refunded for each that was missing': `
    SELECT "id" AS "taskId", "refundedCredits", "images" FROM (
      SELECT t.*, count(i."id")::int + t."deletedImages" AS "images" FROM "Task" t
      LEFT JOIN "Image" i ON i."taskId" = t."id" WHERE t."status" = 'SUCCESS' GROUP BY t."id") t
    WHERE "images" = 0 OR "refundedCredits"
      <> "costCredits" * greatest(0, ("options"->>'count')::int - "images") / ("options"->>'count')::int`,
  'No task has more pictures than were asked for': `
    SELECT t."id" AS "taskId", t."options"->>'count' AS "count", count(*)::int + t."deletedImages" AS "images" FROM "Task" t
    JOIN "Image" i ON i."taskId" = t."id" GROUP BY t."id"
    HAVING count(*) + t."deletedImages" > (t."options"->>'count')::int`,
  'Every unfinished task is due at some time': `
    SELECT "id" AS "taskId", "status" FROM "Task" WHERE "status" IN ('PENDING', 'PROCESSING') AND "dueAt" IS NULL`,
  [deadlineRule]: `
    SELECT "id" AS "taskId", "status", "deadlineAt" FROM "Task"
    WHERE "status" IN ('PENDING', 'PROCESSING') AND "deadlineAt" < now() - interval '${maxOverdueSeconds} seconds'`,
};

/** Checks every rule, in one snapshot of the database, so that it is right on a live system too. */
export async function audit(prisma: PrismaClient): Promise<AuditResult[]> {
  return prisma.$transaction(
    async (transaction) => {
      const results: AuditResult[] = [];
      for (const [rule, query] of Object.entries(rules)) {
        const faults = await transaction.$queryRawUnsafe<Record<string, unknown>[]>(`${query} LIMIT 20`);
        results.push({ rule, faults });
      }
      return results;
    },
    { isolationLevel: 'RepeatableRead', timeout: timeoutMs },
  );
}
