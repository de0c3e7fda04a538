-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "seenAt" TIMESTAMPTZ(3);
