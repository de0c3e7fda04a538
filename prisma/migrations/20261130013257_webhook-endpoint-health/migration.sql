-- AlterTable
ALTER TABLE "WebhookEndpoint" ADD COLUMN     "droppedDeliveries" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "lastFailureAt" TIMESTAMPTZ(3);
