-- CreateTable
CREATE TABLE "TaskAnswer" (
    "taskId" TEXT NOT NULL,
    "providerAnswer" JSONB NOT NULL,

    CONSTRAINT "TaskAnswer_pkey" PRIMARY KEY ("taskId")
);

-- AddForeignKey
ALTER TABLE "TaskAnswer" ADD CONSTRAINT "TaskAnswer_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on: what schema.prisma cannot say.

-- A trigger, so that the statements of every version write the answer with their change, and no row of "Task" holds it
-- afterwards. Rows that are not written again keep theirs, which only operators read.
CREATE FUNCTION "Task_move_answer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "TaskAnswer" ("taskId", "providerAnswer") VALUES (NEW."id", NEW."providerAnswer")
        ON CONFLICT ("taskId") DO UPDATE SET "providerAnswer" = EXCLUDED."providerAnswer";
    NEW."providerAnswer" := NULL;
    RETURN NEW;
END;
$$;

CREATE TRIGGER "Task_move_answer"
    BEFORE UPDATE ON "Task"
    FOR EACH ROW WHEN (NEW."providerAnswer" IS NOT NULL)
    EXECUTE FUNCTION "Task_move_answer"();
