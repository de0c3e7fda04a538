-- CreateTable
CREATE TABLE "TaskSearch" (
    "taskId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "TaskSearch_pkey" PRIMARY KEY ("taskId")
);

-- CreateIndex
CREATE INDEX "TaskSearch_userId_taskId_idx" ON "TaskSearch"("userId", "taskId" DESC);

-- AddForeignKey
ALTER TABLE "TaskSearch" ADD CONSTRAINT "TaskSearch_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on: what schema.prisma cannot say.

-- A trusted extension: who owns the database may create it. Its schema may be another than ours.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        BEGIN
            CREATE EXTENSION pg_trgm SCHEMA public;
        EXCEPTION WHEN OTHERS THEN
            BEGIN
                CREATE EXTENSION pg_trgm;
            EXCEPTION WHEN OTHERS THEN
                RAISE EXCEPTION 'The search needs the extension pg_trgm, which could not be created (%). Have a superuser run CREATE EXTENSION pg_trgm in this database (on Debian it is in the package postgresql-contrib), then start again.', SQLERRM;
            END;
        END;
    END IF;
END;
$$;

-- A trigger, so that also nodes of an earlier version write it, during a rolling upgrade.
CREATE FUNCTION "Task_write_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "TaskSearch" ("taskId", "userId", "text")
        VALUES (NEW."id", NEW."userId", lower(normalize(NEW."prompt", NFC)));
    RETURN NULL;
END;
$$;

CREATE TRIGGER "Task_write_search"
    AFTER INSERT ON "Task"
    FOR EACH ROW EXECUTE FUNCTION "Task_write_search"();

INSERT INTO "TaskSearch" ("taskId", "userId", "text") SELECT "id", "userId", lower(normalize("prompt", NFC)) FROM "Task";

DO $$
BEGIN
    EXECUTE format(
        'CREATE INDEX "TaskSearch_text_idx" ON "TaskSearch" USING gin ("text" %I.gin_trgm_ops)',
        (SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm')
    );
END;
$$;

ANALYZE "TaskSearch";
