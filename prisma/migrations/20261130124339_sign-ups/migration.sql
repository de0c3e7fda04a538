-- CreateTable
CREATE TABLE "Invite" (
    "id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignUpCount" (
    "network" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "SignUpCount_pkey" PRIMARY KEY ("network","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "Invite_digest_key" ON "Invite"("digest");

-- CreateIndex
CREATE INDEX "SignUpCount_day_idx" ON "SignUpCount"("day");
