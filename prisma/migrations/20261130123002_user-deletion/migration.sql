-- AlterTable
ALTER TABLE "User" ADD COLUMN     "deletingAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "DeletedUser" (
    "userId" TEXT NOT NULL,
    "deletedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeletedUser_pkey" PRIMARY KEY ("userId")
);

-- Written by hand from here on: what schema.prisma cannot say.

CREATE FUNCTION "User_record_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "DeletedUser" ("userId") VALUES (OLD."id") ON CONFLICT DO NOTHING;
    RETURN OLD;
END;
$$;

CREATE TRIGGER "User_record_deletion"
    AFTER DELETE ON "User"
    FOR EACH ROW EXECUTE FUNCTION "User_record_deletion"();
