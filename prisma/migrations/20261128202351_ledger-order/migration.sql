-- DropIndex
DROP INDEX "CreditEntry_userId_createdAt_id_idx";

-- AlterTable
ALTER TABLE "CreditEntry" ADD COLUMN     "number" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "welcomeDue" INTEGER;

-- CreateTable
CREATE TABLE "DeletedTask" (
    "taskId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "deletedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeletedTask_pkey" PRIMARY KEY ("taskId")
);

-- CreateIndex
CREATE INDEX "DeletedTask_userId_idx" ON "DeletedTask"("userId");

-- AddForeignKey
ALTER TABLE "DeletedTask" ADD CONSTRAINT "DeletedTask_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on: the existing rows, and what schema.prisma cannot say. The unique index of
-- "CreditEntry" ("userId", "number") is made at the end, once every entry has its number.

-- Existing accounts got their welcome credits, or were created while there were none.
UPDATE "User" SET "welcomeDue" = 0;

-- Until now nothing was left of a deleted task but its entries.
INSERT INTO "DeletedTask" ("taskId", "userId")
    SELECT DISTINCT ON ("taskId") "taskId", "userId" FROM "CreditEntry" e
    WHERE "taskId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Task" t WHERE t."id" = e."taskId")
    ORDER BY "taskId", "kind";

-- Number the entries by time. Entries written at the same time may be stored out of order: each leads from one balance
-- to another, so their order is a walk over all of them from balance 0 (an Eulerian path, found by Hierholzer's
-- algorithm, earliest entry first). Accounts without such a walk keep the order of time, and the audit names them.
CREATE TEMPORARY TABLE "line" ON COMMIT DROP AS
    SELECT "id", "userId", "balanceAfter" - "amount" AS "from", "balanceAfter" AS "to",
        row_number() OVER (PARTITION BY "userId" ORDER BY "createdAt", "id")::int AS "place", 0 AS "number", false AS "isUsed"
    FROM "CreditEntry";
CREATE INDEX ON "line" ("userId", "from", "place");
CREATE INDEX ON "line" ("id");
ANALYZE "line";

DO $$
DECLARE
    "account" record;
    "next" record;
    "walked" text[];
    "depth" int;
    "balance" int;
    "left" int;
BEGIN
    FOR "account" IN
        SELECT "userId", count(*)::int AS "lines" FROM (
            SELECT "userId", "from" <> coalesce(lag("to") OVER (PARTITION BY "userId" ORDER BY "place"), 0) AS "isJump"
            FROM "line"
        ) AS "step" GROUP BY "userId" HAVING bool_or("isJump")
    LOOP
        "walked" := '{}';
        "depth" := 0;
        "balance" := 0;
        "left" := "account"."lines";
        LOOP
            SELECT "id", "from", "to" INTO "next" FROM "line"
                WHERE "userId" = "account"."userId" AND "from" = "balance" AND NOT "isUsed" ORDER BY "place" LIMIT 1;
            IF FOUND THEN
                UPDATE "line" SET "isUsed" = true WHERE "id" = "next"."id";
                "depth" := "depth" + 1;
                "walked"["depth"] := "next"."id";
                "balance" := "next"."to";
            ELSE
                EXIT WHEN "depth" = 0;
                UPDATE "line" SET "number" = "left" WHERE "id" = "walked"["depth"] RETURNING "from" INTO "balance";
                "left" := "left" - 1;
                "depth" := "depth" - 1;
            END IF;
        END LOOP;
        IF EXISTS (
            SELECT FROM (
                SELECT "number", "from" <> coalesce(lag("to") OVER (ORDER BY "number"), 0) AS "isJump"
                FROM "line" WHERE "userId" = "account"."userId"
            ) AS "step" WHERE "isJump" OR "number" = 0
        ) THEN
            UPDATE "line" SET "number" = 0 WHERE "userId" = "account"."userId";
        END IF;
    END LOOP;
END;
$$;

ALTER TABLE "CreditEntry" DISABLE TRIGGER "CreditEntry_refuse_update_and_truncate";
UPDATE "CreditEntry" e SET "number" = CASE "line"."number" WHEN 0 THEN "line"."place" ELSE "line"."number" END
    FROM "line" WHERE "line"."id" = e."id";
ALTER TABLE "CreditEntry" ENABLE TRIGGER "CreditEntry_refuse_update_and_truncate";

CREATE UNIQUE INDEX "CreditEntry_userId_number_key" ON "CreditEntry"("userId", "number" DESC);

-- The next number, under the lock of the user's row. Every statement that moves credits holds that lock already; only
-- a VOLATILE function sees what was committed while it waited. NO KEY: foreign keys to the user do not wait for it.
CREATE FUNCTION "CreditEntry_set_number"() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM FROM "User" WHERE "id" = NEW."userId" FOR NO KEY UPDATE;
    SELECT coalesce(max("number"), 0) + 1 INTO NEW."number" FROM "CreditEntry" WHERE "userId" = NEW."userId";
    RETURN NEW;
END;
$$;

CREATE TRIGGER "CreditEntry_set_number"
    BEFORE INSERT ON "CreditEntry"
    FOR EACH ROW EXECUTE FUNCTION "CreditEntry_set_number"();

-- A trigger, as nodes of an earlier version delete tasks too. Where the user is deleted, nothing is left to explain.
CREATE FUNCTION "Task_record_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "DeletedTask" ("taskId", "userId")
        SELECT OLD."id", "id" FROM "User" WHERE "id" = OLD."userId"
        ON CONFLICT DO NOTHING;
    RETURN OLD;
END;
$$;

CREATE TRIGGER "Task_record_deletion"
    AFTER DELETE ON "Task"
    FOR EACH ROW EXECUTE FUNCTION "Task_record_deletion"();
