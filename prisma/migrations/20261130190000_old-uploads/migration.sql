-- Written by hand: Prisma has no partial indexes. The expiry of uploads reads the old ones in this order, a page at a time.
CREATE INDEX "Image_uploads_idx" ON "Image"("createdAt", "id") WHERE "taskId" IS NULL;
