-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "isSeedChosen" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "parentId" TEXT;
