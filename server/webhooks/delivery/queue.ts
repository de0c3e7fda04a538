/**
 * The outbox as a queue. Triggers on `Task` write a delivery in the transaction of the change, for each endpoint of its
 * user. A delivery is PENDING with `nextAttemptAt`, then DELIVERED or FAILED without. An attempt begins with a claim
 * (`claim.ts`), which leases the delivery and counts the attempt; where the node dies, the lease expires and another node
 * attempts it again. A `TASK_UPDATED` that was not attempted yet is replaced by the next one.
 */
import { batchSize, inBatches } from '../../database/batches.ts';
import { type OutgoingWebhook, Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import { type ClaimedDelivery, createClaims } from './claim.ts';

type Attempt = Pick<OutgoingWebhook, 'id' | 'attempts'>;
type Receiver = Pick<ClaimedDelivery, 'endpointId' | 'url'>;

export type WebhookQueue = ReturnType<typeof createWebhookQueue>;

/** An endpoint is disabled once every attempt has failed for that long. */
const disableAfterDays = 3;
/** Longer than the longest pause between two attempts: after one without attempts, failures count from the beginning. */
const longestPauseHours = 12;

export function createWebhookQueue({ prisma }: { prisma: PrismaClient }) {
  return { ...createClaims(prisma), ...createOutcomes(prisma), ...createEndpointHealth(prisma) };
}

function createOutcomes(prisma: PrismaClient) {
  return {
    /** Records that the endpoint took it. Nothing is written where another attempt began since. */
    async recordSuccess({ id, attempts }: Attempt, responseStatus: number): Promise<void> {
      await prisma.$executeRaw(
        withFollowers(Prisma.sql`
          UPDATE "OutgoingWebhook" SET "status" = 'DELIVERED', "responseStatus" = ${responseStatus}::int,
            "deliveredAt" = now(), "nextAttemptAt" = NULL, "leaseExpiresAt" = NULL
          WHERE "id" = ${id} AND "attempts" = ${attempts}::int`),
      );
    },

    /**
     * Records a failed attempt. Nothing is written where another attempt began since, or the delivery was given up.
     * @param failure.responseStatus null where no response came
     * @param failure.retryDelayMs null where the delivery is given up
     */
    async recordFailure(
      { id, attempts }: Attempt,
      failure: { responseStatus: number | null; retryDelayMs: number | null },
    ): Promise<void> {
      const { responseStatus, retryDelayMs } = failure;
      await prisma.$executeRaw(
        withFollowers(Prisma.sql`
          UPDATE "OutgoingWebhook" SET "failures" = "failures" + 1, "responseStatus" = ${responseStatus}::int,
            "leaseExpiresAt" = NULL, "nextAttemptAt" = now() + ${retryDelayMs}::int * interval '1 millisecond',
            "status" = ${retryDelayMs === null ? 'FAILED' : 'PENDING'}::"WebhookDeliveryStatus"
          WHERE "id" = ${id} AND "attempts" = ${attempts}::int AND "status" = 'PENDING'`),
      );
    },

    /** Puts the user's delivery at the beginning of the schedule again; null where there is none. */
    async repeat(userId: string, id: string): Promise<OutgoingWebhook | null> {
      const repeated = await prisma.$executeRaw`
        UPDATE "OutgoingWebhook" SET "status" = 'PENDING', "failures" = 0, "nextAttemptAt" = now(), "deliveredAt" = NULL
        WHERE "id" = ${id} AND "endpointId" IN (SELECT "id" FROM "WebhookEndpoint" WHERE "userId" = ${userId})`;
      return repeated === 0 ? null : prisma.outgoingWebhook.findUnique({ where: { id } });
    },
  };
}

/**
 * The update of a delivery, together with the deliveries that wait for it: they are due when it is attempted again, or now.
 * So claims do not have to pass over all that waits for a receiver that is away.
 */
const withFollowers = (update: Prisma.Sql) => Prisma.sql`
  WITH "head" AS (${update} RETURNING "endpointId", "taskId", "number", "nextAttemptAt"), "follower" AS (
    SELECT f."id" FROM "OutgoingWebhook" AS f JOIN "head" ON f."taskId" = "head"."taskId"
      AND f."endpointId" = "head"."endpointId" AND f."number" > "head"."number"
    WHERE f."nextAttemptAt" IS NOT NULL FOR UPDATE OF f SKIP LOCKED
  )
  UPDATE "OutgoingWebhook" AS f SET "nextAttemptAt" = coalesce("head"."nextAttemptAt", now())
  FROM "head" WHERE f."id" IN (SELECT "id" FROM "follower")`;

// Each statement locks either deliveries or an endpoint: both at once could deadlock with the deletion of the endpoint.
// Statements that wait for the deliveries of an endpoint lock them newest first: else two of them could deadlock.
function createEndpointHealth(prisma: PrismaClient) {
  return {
    async recordEndpointSuccess(endpointId: string): Promise<void> {
      await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "failingSince" = NULL WHERE "id" = ${endpointId} AND "failingSince" IS NOT NULL`;
    },

    /**
     * Disables the endpoint where it is gone, or has failed for three days with attempts all the time. Nothing is written
     * where its address was changed since the claim.
     * @returns whether it was disabled now
     */
    async recordEndpointFailure({ endpointId, url }: Receiver, isGone: boolean): Promise<boolean> {
      const hasFailedLong = `Every delivery has failed for ${disableAfterDays} days.`;
      await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "lastFailureAt" = now(), "failingSince" = CASE
          WHEN "lastFailureAt" > now() - ${longestPauseHours}::int * interval '1 hour' THEN coalesce("failingSince", now())
          ELSE now() END
        WHERE "id" = ${endpointId} AND "url" = ${url} AND "enabled"`;
      const disabled = await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "enabled" = false,
          "disabledReason" = ${isGone ? 'The receiver answered 410 Gone.' : hasFailedLong}
        WHERE "id" = ${endpointId} AND "url" = ${url} AND "enabled"
          AND (${isGone}::boolean OR "failingSince" <= now() - ${disableAfterDays}::int * interval '1 day')`;
      return disabled > 0;
    },

    /** Gives up the endpoint's pending deliveries. */
    async giveUp(endpointId: string): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          UPDATE "OutgoingWebhook" SET "status" = 'FAILED', "nextAttemptAt" = NULL, "leaseExpiresAt" = NULL WHERE "id" IN (
            SELECT "id" FROM "OutgoingWebhook" WHERE "endpointId" = ${endpointId} AND "status" = 'PENDING'
            ORDER BY "number" DESC LIMIT ${batchSize}::int FOR UPDATE)`,
      );
    },

    /** Deletes the endpoint's deliveries, so that its own deletion locks it shortly. */
    async removeDeliveries(endpointId: string): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "OutgoingWebhook" WHERE "id" IN (
            SELECT "id" FROM "OutgoingWebhook" WHERE "endpointId" = ${endpointId}
            ORDER BY "number" DESC LIMIT ${batchSize}::int FOR UPDATE)`,
      );
    },
  };
}
