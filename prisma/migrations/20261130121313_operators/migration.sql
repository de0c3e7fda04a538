-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('USER', 'ADMIN');

-- AlterEnum
ALTER TYPE "CreditEntryKind" ADD VALUE 'ADJUSTMENT';

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "disabledAt" TIMESTAMPTZ(3),
ADD COLUMN     "role" "UserRole" NOT NULL DEFAULT 'USER';

-- CreateTable
CREATE TABLE "CreditGrant" (
    "key" TEXT NOT NULL,
    "requestHash" TEXT NOT NULL,
    "entryId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CreditGrant_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "OperatorAction" (
    "id" TEXT NOT NULL,
    "operator" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OperatorAction_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "CreditGrant_entryId_key" ON "CreditGrant"("entryId");

-- CreateIndex
CREATE INDEX "OperatorAction_target_id_idx" ON "OperatorAction"("target", "id" DESC);

-- Written by hand from here on: what schema.prisma cannot say.

CREATE FUNCTION "OperatorAction_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'OperatorAction is append-only: % is refused', TG_OP;
END;
$$;

CREATE TRIGGER "OperatorAction_refuse_change"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON "OperatorAction"
    FOR EACH STATEMENT EXECUTE FUNCTION "OperatorAction_refuse_change"();
