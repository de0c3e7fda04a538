-- CreateTable
CREATE TABLE "DeletedTask" (
    "taskId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "deletedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DeletedTask_pkey" PRIMARY KEY ("taskId")
);

-- CreateIndex
CREATE INDEX "DeletedTask_userId_idx" ON "DeletedTask"("userId");

-- AddForeignKey
ALTER TABLE "DeletedTask" ADD CONSTRAINT "DeletedTask_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
