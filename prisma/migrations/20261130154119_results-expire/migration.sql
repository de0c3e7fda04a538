-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "imagesExpiredAt" TIMESTAMPTZ(3);
