-- AlterTable
ALTER TABLE "Image" ADD COLUMN     "isFavorite" BOOLEAN NOT NULL DEFAULT false;

-- Written by hand: Prisma has no partial indexes. A page of favorites reads only them.
CREATE INDEX "Image_favorites_idx" ON "Image"("userId", "id" DESC) WHERE "isFavorite";
