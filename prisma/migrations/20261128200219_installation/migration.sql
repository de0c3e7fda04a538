-- CreateTable
CREATE TABLE "Installation" (
    "row" INTEGER NOT NULL DEFAULT 1,
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("row")
);

-- Written by hand from here on: what schema.prisma cannot say.

ALTER TABLE "Installation"
    ADD CONSTRAINT "Installation_row_check" CHECK ("row" = 1);
