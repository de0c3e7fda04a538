-- Written by hand from here on: what schema.prisma cannot say.

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

-- Until now nothing was left of a deleted task but its entries. Deletions wait from the trigger on until this is
-- committed, so that none is missed.
INSERT INTO "DeletedTask" ("taskId", "userId")
    SELECT DISTINCT ON ("taskId") "taskId", "userId" FROM "CreditEntry" e
    WHERE "taskId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Task" t WHERE t."id" = e."taskId")
    ORDER BY "taskId", "kind";
