-- AlterTable
ALTER TABLE "User" ADD COLUMN     "chargedOn" DATE,
ADD COLUMN     "chargedToday" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "DailyCharge" (
    "day" DATE NOT NULL,
    "credits" BIGINT NOT NULL,
    "limit" BIGINT NOT NULL,

    CONSTRAINT "DailyCharge_pkey" PRIMARY KEY ("day")
);

-- Written by hand from here on: what schema.prisma cannot say.

ALTER TABLE "DailyCharge"
    ADD CONSTRAINT "DailyCharge_limit_check" CHECK ("credits" <= "limit");

-- What a user was charged on this UTC day, as committed now: VOLATILE, as "activeTasks" is.
CREATE FUNCTION "chargedToday"("user" text) RETURNS int LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN "chargedOn" >= (now() AT TIME ZONE 'UTC')::date THEN "chargedToday" ELSE 0 END
    FROM "User" WHERE "id" = "user"
$$;
