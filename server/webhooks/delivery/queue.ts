/**
 * The outbox as a queue. Triggers on `Task` write a delivery in the transaction of the change, for each endpoint of its
 * user. A delivery is PENDING with `nextAttemptAt`, then DELIVERED or FAILED without. An attempt begins with a claim, which
 * leases the delivery and counts the attempt; where the node dies, the lease expires and another node attempts it again.
 *
 * Of one task, an endpoint gets events in the order of their numbers: a claim passes over a delivery while an earlier one
 * of the same task is pending. A `TASK_UPDATED` that was not attempted yet is replaced by the next one.
 */
import { batchSize, inBatches } from '../../database/batches.ts';
import {
  type OutgoingWebhook,
  Prisma,
  type PrismaClient,
  type WebhookEndpoint,
} from '../../generated/prisma/client.ts';

/** A leased delivery with what it is sent with. */
export type ClaimedDelivery = Pick<
  OutgoingWebhook,
  'id' | 'endpointId' | 'event' | 'taskId' | 'attempts' | 'failures' | 'createdAt'
> &
  Pick<WebhookEndpoint, 'userId' | 'url' | 'secret'> & {
    snapshot: Prisma.JsonObject | null;
    /** The secret before the rotation, while it still signs. */
    previousSecret: string | null;
    /** The last attempt at the endpoint failed. */
    isFailing: boolean;
  };

type Attempt = Pick<OutgoingWebhook, 'id' | 'attempts'>;
type Receiver = Pick<ClaimedDelivery, 'endpointId' | 'url'>;

export type WebhookQueue = ReturnType<typeof createWebhookQueue>;

/** An endpoint is disabled once every attempt has failed for that long. */
const disableAfterDays = 3;
const retentionDays = 30;

export function createWebhookQueue({ prisma }: { prisma: PrismaClient }) {
  return { ...createClaims(prisma), ...createOutcomes(prisma), ...createEndpointHealth(prisma) };
}

function createClaims(prisma: PrismaClient) {
  return {
    /**
     * Leases the longest due delivery; undefined where none is due.
     * @param options.busyEndpointIds endpoints whose deliveries are left out
     * @param options.busyUserIds users whose endpoints are left out
     * @param options.mayBeFailing whether endpoints may be taken whose last attempt failed
     */
    async claim(options: {
      busyEndpointIds: readonly string[];
      busyUserIds: readonly string[];
      mayBeFailing: boolean;
      leaseMs: number;
    }): Promise<ClaimedDelivery | undefined> {
      const { busyEndpointIds, busyUserIds, mayBeFailing, leaseMs } = options;
      const [claimed] = await prisma.$queryRaw<ClaimedDelivery[]>`
        UPDATE "OutgoingWebhook" AS d SET "attempts" = d."attempts" + 1,
          "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        FROM "WebhookEndpoint" AS e
        WHERE e."id" = d."endpointId" AND d."id" = (
          SELECT due."id" FROM "OutgoingWebhook" AS due JOIN "WebhookEndpoint" AS receiver ON receiver."id" = due."endpointId"
          WHERE due."nextAttemptAt" <= now() AND (due."leaseExpiresAt" IS NULL OR due."leaseExpiresAt" < now())
            AND receiver."enabled" AND (${mayBeFailing}::boolean OR receiver."failingSince" IS NULL)
            AND due."endpointId" <> ALL(${busyEndpointIds}::text[]) AND receiver."userId" <> ALL(${busyUserIds}::text[])
            AND NOT EXISTS (
              SELECT FROM "OutgoingWebhook" AS earlier
              WHERE earlier."taskId" = due."taskId" AND earlier."endpointId" = due."endpointId"
                AND earlier."number" < due."number" AND earlier."nextAttemptAt" IS NOT NULL
            )
          ORDER BY due."nextAttemptAt", due."number" LIMIT 1 FOR UPDATE OF due SKIP LOCKED
        )
        RETURNING d."id", d."endpointId", d."event"::text, d."taskId", d."attempts", d."failures", d."createdAt", d."snapshot",
          e."userId", e."url", e."secret", e."failingSince" IS NOT NULL AS "isFailing",
          CASE WHEN e."previousSecretExpiresAt" > now() THEN e."previousSecret" END AS "previousSecret"`;
      return claimed;
    },

    /** Deletes old deliveries, whatever their status. */
    async purgeExpired(): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "OutgoingWebhook" WHERE "id" IN (
            SELECT "id" FROM "OutgoingWebhook" WHERE "createdAt" < now() - ${retentionDays}::int * interval '1 day'
            LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED)`,
      );
    },
  };
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
     * Disables the endpoint where it is gone or has failed for three days, unless its address was changed since the claim.
     * @returns whether it was disabled now
     */
    async recordEndpointFailure({ endpointId, url }: Receiver, isGone: boolean): Promise<boolean> {
      const hasFailedLong = `Every delivery has failed for ${disableAfterDays} days.`;
      const disabled = await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "enabled" = false,
          "disabledReason" = ${isGone ? 'The receiver answered 410 Gone.' : hasFailedLong}
        WHERE "id" = ${endpointId} AND "url" = ${url} AND "enabled"
          AND (${isGone}::boolean OR "failingSince" <= now() - ${disableAfterDays}::int * interval '1 day')`;
      if (disabled > 0) return true;
      await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "failingSince" = now()
        WHERE "id" = ${endpointId} AND "url" = ${url} AND "failingSince" IS NULL`;
      return false;
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
