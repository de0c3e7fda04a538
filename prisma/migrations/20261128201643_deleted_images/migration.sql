-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "deletedImages" INTEGER NOT NULL DEFAULT 0;
