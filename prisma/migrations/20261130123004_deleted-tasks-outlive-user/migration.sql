-- DropForeignKey
-- Locks both tables, in the order of the trigger that this replaces: "DeletedTask", then "User".
ALTER TABLE "DeletedTask" DROP CONSTRAINT "DeletedTask_userId_fkey";

-- Written by hand from here on: what schema.prisma cannot say.

-- Also where the task goes with its user, whose entries stay.
CREATE OR REPLACE FUNCTION "Task_record_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "DeletedTask" ("taskId", "userId") VALUES (OLD."id", OLD."userId") ON CONFLICT DO NOTHING;
    RETURN OLD;
END;
$$;
