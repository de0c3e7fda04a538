-- AlterTable
ALTER TABLE "Image" ADD COLUMN     "isImported" BOOLEAN NOT NULL DEFAULT false;
