/**
 * Leases due deliveries. A claim chooses endpoints first, then what is due of each, so its cost rises with the number of
 * endpoints that have pending deliveries, not with the number of those deliveries.
 *
 * Of one task, an endpoint gets events in the order of their numbers: a claim passes over a delivery while an earlier one
 * of the same task is pending.
 */
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

/** What a node may attempt at a time. */
export const slotLimits = {
  all: 100,
  endpoint: 4,
  failingEndpoint: 1,
  /** Half of what a user's endpoints could take together. */
  user: 20,
  /** For all endpoints together whose last attempt failed: those that hang leave the others to the rest. */
  failing: 50,
};

export interface ClaimOptions {
  /** The attempts of this node, which the limits count. */
  running: readonly Pick<ClaimedDelivery, 'endpointId' | 'userId' | 'isFailing'>[];
  leaseMs: number;
}

export function createClaims(prisma: PrismaClient) {
  return {
    /** Leases as many due deliveries as the limits allow. Users take turns: the one with the fewest running comes first. */
    claim({ running, leaseMs }: ClaimOptions): Promise<ClaimedDelivery[]> {
      return prisma.$queryRaw<ClaimedDelivery[]>`
        WITH RECURSIVE ${pendingEndpoints}, "due" AS (${dueDeliveries(running)}), "leased" AS (
          SELECT free."id" FROM (
            SELECT "id" FROM "due" WHERE "userTurn" <= ${slotLimits.user}::int
              AND (NOT "isFailing" OR "failingTurn" <= ${failingSlots(running)}::int)
            ORDER BY "userTurn", "nextAttemptAt", "number"
          ) AS chosen CROSS JOIN LATERAL (
            SELECT d."id" FROM "OutgoingWebhook" AS d WHERE d."id" = chosen."id" AND ${isFree} FOR UPDATE SKIP LOCKED
          ) AS free
          LIMIT ${slotLimits.all - running.length}::int
        )
        UPDATE "OutgoingWebhook" AS d SET "attempts" = d."attempts" + 1,
          "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        FROM "WebhookEndpoint" AS e WHERE e."id" = d."endpointId" AND d."id" IN (SELECT "id" FROM "leased")
        RETURNING d."id", d."endpointId", d."event"::text, d."taskId", d."attempts", d."failures", d."createdAt", d."snapshot",
          e."userId", e."url", e."secret", e."failingSince" IS NOT NULL AS "isFailing",
          CASE WHEN e."previousSecretExpiresAt" > now() THEN e."previousSecret" END AS "previousSecret"`;
    },
  };
}

const failingSlots = (running: ClaimOptions['running']) =>
  slotLimits.failing - running.filter(({ isFailing }) => isFailing).length;

/** Each endpoint with pending deliveries, by one read of the index for each; the last row is null. */
const pendingEndpoints = Prisma.sql`"pending" AS (
  (SELECT "endpointId" FROM "OutgoingWebhook" WHERE "nextAttemptAt" IS NOT NULL ORDER BY "endpointId" LIMIT 1)
  UNION ALL
  SELECT (
    SELECT o."endpointId" FROM "OutgoingWebhook" AS o
    WHERE o."nextAttemptAt" IS NOT NULL AND o."endpointId" > "pending"."endpointId" ORDER BY o."endpointId" LIMIT 1
  ) FROM "pending" WHERE "pending"."endpointId" IS NOT NULL
)`;

const isFree = Prisma.sql`d."nextAttemptAt" <= now() AND (d."leaseExpiresAt" IS NULL OR d."leaseExpiresAt" < now())`;

/** As many deliveries of each endpoint as it has free slots, with their turns among those of the user and those that fail. */
const dueDeliveries = (running: ClaimOptions['running']) => Prisma.sql`
  SELECT "first".*, row_number() OVER (
      PARTITION BY "first"."isFailing" ORDER BY "first"."userTurn", "first"."nextAttemptAt", "first"."number"
    ) AS "failingTurn"
  FROM (
    SELECT head.*, e."failingSince" IS NOT NULL AS "isFailing",
      ${countIn(running, 'userId', Prisma.sql`e."userId"`)}
        + row_number() OVER (PARTITION BY e."userId" ORDER BY head."nextAttemptAt", head."number") AS "userTurn"
    FROM "pending" JOIN "WebhookEndpoint" AS e ON e."id" = "pending"."endpointId" AND e."enabled"
      AND (e."failingSince" IS NULL OR ${failingSlots(running)}::int > 0)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT d."id", d."nextAttemptAt", d."number" FROM "OutgoingWebhook" AS d
        WHERE d."endpointId" = e."id" AND ${isFree} AND NOT EXISTS (
          SELECT FROM "OutgoingWebhook" AS earlier
          WHERE earlier."taskId" = d."taskId" AND earlier."endpointId" = d."endpointId" AND earlier."number" < d."number"
            AND earlier."nextAttemptAt" IS NOT NULL
          -- Keeps it a look-up for each row: a join would read all that is pending.
          OFFSET 0
        )
        ORDER BY d."nextAttemptAt", d."number"
        LIMIT greatest(0, CASE WHEN e."failingSince" IS NULL THEN ${slotLimits.endpoint}::int
          ELSE ${slotLimits.failingEndpoint}::int END - ${countIn(running, 'endpointId', Prisma.sql`e."id"`)})
      -- So that the planner expects few.
      ) AS "free" LIMIT ${slotLimits.endpoint}::int
    ) AS head
  ) AS "first"`;

/** How many of the running attempts have that id. */
const countIn = (running: ClaimOptions['running'], key: 'endpointId' | 'userId', id: Prisma.Sql) =>
  Prisma.sql`coalesce(cardinality(array_positions(${running.map((each) => each[key])}::text[], ${id})), 0)`;
