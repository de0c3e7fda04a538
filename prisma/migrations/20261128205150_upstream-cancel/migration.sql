-- CreateTable
CREATE TABLE "UpstreamCancel" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "operation" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dueAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UpstreamCancel_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "UpstreamCancel_dueAt_idx" ON "UpstreamCancel"("dueAt");
