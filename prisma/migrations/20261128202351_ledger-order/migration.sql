-- DropIndex
DROP INDEX "CreditEntry_userId_createdAt_id_idx";

-- AlterTable
ALTER TABLE "CreditEntry" ADD COLUMN     "number" INTEGER NOT NULL DEFAULT 0;

-- Written by hand from here on: the existing rows, and what schema.prisma cannot say. The unique index of
-- "CreditEntry" ("userId", "number") is made at the end, once every entry has its number.

-- Number the entries by time. Entries written at the same time may be stored out of order: each leads from one balance
-- to another, so their order is a walk over all of them from balance 0 (an Eulerian path, found by Hierholzer's
-- algorithm, earliest entry first). Accounts without such a walk keep the order of time, and the audit names them.
CREATE TEMPORARY TABLE "line" ON COMMIT DROP AS
    SELECT "id", "userId", "balanceAfter" - "amount" AS "from", "balanceAfter" AS "to",
        row_number() OVER (PARTITION BY "userId" ORDER BY "createdAt", "id")::int AS "place"
    FROM "CreditEntry";
ANALYZE "line";
CREATE TEMPORARY TABLE "walk" ("userId" text, "place" int, "number" int) ON COMMIT DROP;

-- Takes time in proportion to the entries of an account: balances are numbered, and all that a step needs is in arrays,
-- whose elements are the lines of the account by balance and place.
DO $$
DECLARE
    "account" record;
    "fromOf" int[];
    "toOf" int[];
    "placeOf" int[];
    "nextFrom" int[]; -- For each balance the first line from it that is not yet walked.
    "walked" int[];
    "ordered" int[];
    "depth" int;
    "left" int;
    "balance" int;
    "next" int;
    "isWalk" boolean;
BEGIN
    FOR "account" IN
        WITH "jump" AS (
            SELECT "userId" FROM (
                SELECT "userId", "from" <> coalesce(lag("to") OVER (PARTITION BY "userId" ORDER BY "place"), 0) AS "isJump"
                FROM "line"
            ) AS "step" GROUP BY "userId" HAVING bool_or("isJump")
        ), "numbered" AS (
            SELECT "userId", "from", "to", "place",
                row_number() OVER (PARTITION BY "userId" ORDER BY "from", "place")::int AS "index",
                row_number() OVER (PARTITION BY "userId", "from" ORDER BY "place") = 1 AS "isFirst",
                dense_rank() OVER (PARTITION BY "userId" ORDER BY "from")::int AS "balance"
            FROM "line" JOIN "jump" USING ("userId")
        )
        SELECT l."userId", count(*)::int AS "lines",
            array_agg(l."balance" ORDER BY l."index") AS "fromOf",
            array_agg(coalesce(t."balance", 0) ORDER BY l."index") AS "toOf",
            array_agg(l."place" ORDER BY l."index") AS "placeOf",
            array_agg(l."index" ORDER BY l."index") FILTER (WHERE l."isFirst") AS "nextFrom",
            coalesce(min(l."balance") FILTER (WHERE l."from" = 0), 0) AS "start"
        FROM "numbered" l
        LEFT JOIN "numbered" t ON t."userId" = l."userId" AND t."from" = l."to" AND t."isFirst"
        GROUP BY l."userId"
    LOOP
        "fromOf" := "account"."fromOf";
        "toOf" := "account"."toOf";
        "placeOf" := "account"."placeOf";
        "nextFrom" := "account"."nextFrom";
        "walked" := '{}';
        "ordered" := array_fill(0, ARRAY["account"."lines"]);
        "depth" := 0;
        "left" := "account"."lines";
        "balance" := "account"."start";
        "isWalk" := true;
        LOOP
            "next" := "nextFrom"["balance"];
            IF "fromOf"["next"] = "balance" THEN
                "nextFrom"["balance"] := "next" + 1;
                "depth" := "depth" + 1;
                "walked"["depth"] := "next";
                "balance" := "toOf"["next"];
            ELSE
                EXIT WHEN "depth" = 0;
                "next" := "walked"["depth"];
                "isWalk" := "isWalk" AND ("left" = "account"."lines" OR "toOf"["next"] = "balance");
                "ordered"["left"] := "placeOf"["next"];
                "left" := "left" - 1;
                "depth" := "depth" - 1;
                "balance" := "fromOf"["next"];
            END IF;
        END LOOP;
        IF "isWalk" AND "left" = 0 THEN
            INSERT INTO "walk" SELECT "account"."userId", "place", "number"
                FROM unnest("ordered") WITH ORDINALITY AS "entry" ("place", "number");
        END IF;
    END LOOP;
END;
$$;
ANALYZE "walk";

ALTER TABLE "CreditEntry" DISABLE TRIGGER "CreditEntry_refuse_update_and_truncate";
UPDATE "CreditEntry" e SET "number" = coalesce("walk"."number", "line"."place")
    FROM "line" LEFT JOIN "walk" USING ("userId", "place") WHERE "line"."id" = e."id";
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
