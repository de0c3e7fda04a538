-- DropIndex
DROP INDEX "Image_userId_idx";

-- CreateIndex
CREATE INDEX "Image_userId_id_idx" ON "Image"("userId", "id" DESC);

-- Written by hand from here on: what schema.prisma cannot say.

-- Triggers, so that also nodes of an older version count, during a rolling upgrade. Where a user is deleted, the row is
-- gone before the images are.
CREATE FUNCTION "Image_count_stored"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "StorageUse" ("userId", "bytes")
    SELECT "userId", sum("byteSize") FROM "changed" GROUP BY "userId"
    ON CONFLICT ("userId") DO UPDATE SET "bytes" = "StorageUse"."bytes" + EXCLUDED."bytes";
    RETURN NULL;
END;
$$;

-- Where a task is deleted, its row is gone before its images are, and nothing is counted on it.
CREATE FUNCTION "Image_count_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "Task" SET "deletedImages" = "deletedImages" + "gone"."images", "version" = "version" + 1
    FROM (SELECT "taskId", count(*)::int AS "images" FROM "changed" GROUP BY "taskId") AS "gone"
    WHERE "Task"."id" = "gone"."taskId";
    UPDATE "StorageUse" SET "bytes" = "StorageUse"."bytes" - "gone"."bytes"
    FROM (SELECT "userId", sum("byteSize") AS "bytes" FROM "changed" GROUP BY "userId") AS "gone"
    WHERE "StorageUse"."userId" = "gone"."userId";
    RETURN NULL;
END;
$$;

CREATE TRIGGER "Image_count_stored"
    AFTER INSERT ON "Image" REFERENCING NEW TABLE AS "changed"
    FOR EACH STATEMENT EXECUTE FUNCTION "Image_count_stored"();

CREATE TRIGGER "Image_count_deleted"
    AFTER DELETE ON "Image" REFERENCING OLD TABLE AS "changed"
    FOR EACH STATEMENT EXECUTE FUNCTION "Image_count_deleted"();

-- Writes to Image wait from the first trigger on until this is committed, so that each image is counted once.
INSERT INTO "StorageUse" ("userId", "bytes") SELECT "userId", sum("byteSize") FROM "Image" GROUP BY "userId";
