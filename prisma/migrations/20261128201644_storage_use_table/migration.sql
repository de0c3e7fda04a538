-- CreateTable
CREATE TABLE "StorageUse" (
    "userId" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "StorageUse_pkey" PRIMARY KEY ("userId")
);

-- AddForeignKey
ALTER TABLE "StorageUse" ADD CONSTRAINT "StorageUse_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on: what schema.prisma cannot say.

ALTER TABLE "StorageUse"
    ADD CONSTRAINT "StorageUse_bytes_check" CHECK ("bytes" >= 0);
