/** How long, and how many, deliveries of an endpoint are stored. */
import { batchSize, inBatches } from '../../database/batches.ts';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';

const deliveredDays = 3;
const undeliveredDays = 30;
/** Of each endpoint. */
const maxDelivered = 5_000;
const maxUndelivered = 10_000;
/** Several times the interval between two calls of `dropExcess`. */
const recentMinutes = 5;

export function createRetention({ prisma, log }: { prisma: PrismaClient; log: Log }) {
  /** The endpoints that may have too many: only those with new deliveries can. */
  const growingEndpoints = () => prisma.$queryRaw<{ endpointId: string }[]>`
    SELECT "endpointId" FROM (
      SELECT DISTINCT "endpointId" FROM "OutgoingWebhook" WHERE "createdAt" > now() - ${recentMinutes}::int * interval '1 minute'
    ) AS recent
    WHERE EXISTS (SELECT FROM "OutgoingWebhook" AS o WHERE o."endpointId" = recent."endpointId" OFFSET ${maxDelivered}::int)`;

  return {
    /** Deletes old deliveries: delivered ones after 3 days, others after 30. */
    async purgeExpired(): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "OutgoingWebhook" WHERE "id" IN (
            SELECT "id" FROM "OutgoingWebhook" WHERE "createdAt" < now() - ${deliveredDays}::int * interval '1 day'
              AND ("deliveredAt" < now() - ${deliveredDays}::int * interval '1 day'
                OR "createdAt" < now() - ${undeliveredDays}::int * interval '1 day')
            LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED)`,
      );
    },

    /**
     * Deletes what an endpoint has beyond its 5,000 newest delivered and 10,000 undelivered deliveries. Of the undelivered
     * ones, those that failed go first, so that an endpoint which is back loses none that is still to be sent; then
     * `TASK_UPDATED`, then the oldest. How many went is logged and added to the endpoint's `droppedDeliveries`.
     */
    async dropExcess(): Promise<void> {
      for (const { endpointId } of await growingEndpoints()) {
        await inBatches(() => prisma.$executeRaw(excessDelivered(endpointId)));
        const dropped = await inBatches(() => prisma.$executeRaw(excessUndelivered(endpointId)));
        if (dropped === 0) continue;
        log.warn({ endpointId, dropped }, 'undelivered webhooks dropped');
        await prisma.$executeRaw`
          UPDATE "WebhookEndpoint" SET "droppedDeliveries" = "droppedDeliveries" + ${dropped}::int WHERE "id" = ${endpointId}`;
      }
    },
  };
}

const excessDelivered = (endpointId: string) => Prisma.sql`
  DELETE FROM "OutgoingWebhook" WHERE "id" IN (
    SELECT "id" FROM "OutgoingWebhook" WHERE "endpointId" = ${endpointId} AND "status" = 'DELIVERED' AND "number" <= (
      SELECT "number" FROM "OutgoingWebhook" WHERE "endpointId" = ${endpointId} AND "status" = 'DELIVERED'
      ORDER BY "number" DESC OFFSET ${maxDelivered}::int LIMIT 1
    ) LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED)`;

/** Without those being attempted: the next event of their task would overtake them. */
const excessUndelivered = (endpointId: string) => Prisma.sql`
  DELETE FROM "OutgoingWebhook" WHERE "id" IN (
    SELECT "id" FROM "OutgoingWebhook" WHERE "id" IN (
      SELECT "id" FROM "OutgoingWebhook" WHERE "endpointId" = ${endpointId} AND "status" <> 'DELIVERED'
      ORDER BY "status" = 'PENDING' DESC, "event" = 'TASK_COMPLETED' DESC, "number" DESC OFFSET ${maxUndelivered}::int
    ) AND "status" <> 'DELIVERED' AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())
    LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED)`;
