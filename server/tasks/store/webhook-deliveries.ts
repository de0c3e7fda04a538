/** Webhook deliveries that were received: a repeated one is ignored. If handling one fails, polling finds the state. */
import { batchSize, inBatches } from '../../database/batches.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { createBatchedLookup } from '../../lib/batched-lookup.ts';

export function createWebhookDeliveries({ prisma }: { prisma: PrismaClient }) {
  // Deliveries that arrive during a statement share the next one.
  const record = createBatchedLookup<object>(async (ids) => {
    // In one order on all nodes, which may wait for each other's.
    const inserted = await prisma.$queryRaw<{ id: string }[]>`
      INSERT INTO "WebhookDelivery" ("id") SELECT unnest(${ids.toSorted()}::text[])
      ON CONFLICT DO NOTHING RETURNING "id"`;
    return new Map(inserted.map((row) => [row.id, row]));
  });
  const recording = new Map<string, Promise<boolean>>();

  return {
    /** Records the delivery. @returns whether it is new */
    async recordDelivery(deliveryId: string): Promise<boolean> {
      const before = recording.get(deliveryId);
      if (before) return before.then(() => false);
      const isNew = record(deliveryId).then((row) => row !== null);
      recording.set(deliveryId, isNew);
      return isNew.finally(() => recording.delete(deliveryId));
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
