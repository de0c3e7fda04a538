-- DropIndex
DROP INDEX "Task_userId_createdAt_id_idx";

-- CreateIndex
CREATE INDEX "Task_userId_id_idx" ON "Task"("userId", "id" DESC);
