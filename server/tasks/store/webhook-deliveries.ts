/** Webhook deliveries that were received: a repeated one is ignored. If handling one fails, polling finds the state. */
import { batchSize, inBatches } from '../../database/batches.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';

export function createWebhookDeliveries({ prisma }: { prisma: PrismaClient }) {
  return {
    /** Records the delivery. @returns whether it is new */
    async recordDelivery(deliveryId: string): Promise<boolean> {
      const inserted = await prisma.$executeRaw`
        INSERT INTO "WebhookDelivery" ("id") VALUES (${deliveryId}) ON CONFLICT DO NOTHING`;
      return inserted === 1;
    },

    /** Deletes deliveries that are old enough for a repeat to be refused by its timestamp. */
    async purgeExpired(): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "WebhookDelivery" WHERE "id" IN (
            SELECT "id" FROM "WebhookDelivery" WHERE "receivedAt" < now() - interval '1 hour' LIMIT ${batchSize}::int)`,
      );
    },
  };
}
