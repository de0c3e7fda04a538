/**
 * Tasks as a queue: which are due, which node holds the lease, and writes under the lease. A change compares the
 * version that was read, a renewal the owner, and does nothing where the task has changed.
 */
import { Prisma, type PrismaClient, type Task } from '../../generated/prisma/client.ts';
import { createBatchedWrites } from './batched-writes.ts';
import { taskColumns } from './loader.ts';

export interface ClaimOptions {
  limit: number;
  leaseMs: number;
  providers: readonly string[];
  running?: string[];
  mayTakeExpired?: boolean;
  held?: string[];
}

/** Where due polls of a provider are moved to. */
export interface PollSpread {
  /** The time to the first. */
  delayMs: number;
  /** The time between two of them. */
  slotMs: number;
  /** The time from the first to the last, at most. */
  withinMs: number;
  limit: number;
}

export interface OverdueOptions {
  limit: number;
  providers: readonly string[];
  except: string[];
}

/** The share of its typical duration for which a task is young: it hardly ever ends so soon. */
export const youngShare = 0.5;

/** A young task gets this share of the polls of another. */
export const youngWeight = 0.25;

/** What a worker has to do next. */
export interface NextWork {
  /** Milliseconds until a task that no node has leased is due; null where none waits. */
  dueInMs: number | null;
  /** Milliseconds until the first deadline of an unfinished task; null where there is none. */
  overdueInMs: number | null;
  /** Whether a cancel is to be sent to a provider. */
  isCancelDue: boolean;
}

const millisecondsTo = (instant: Prisma.Sql) =>
  Prisma.sql`(extract(epoch FROM ${instant} - now()) * 1000)::float8`;

/** How much longer a task to submit counts as due: submissions go first, and polls get their turn beside many of them. */
const headStartMs = 5_000;

/** How much later a node without a task's provider ends an overdue task than a node that has it. */
const foreignDelayMs = 5_000;

/** Tasks of the providers that may still be worked on: not past their deadline, or final and to be canceled there. */
const isFor = (providers: readonly string[]) => Prisma.sql`"provider" = ANY(${providers}::text[])
  AND ("deadlineAt" > now() OR "status" NOT IN ('PENDING', 'PROCESSING'))`;

interface Dependencies {
  prisma: PrismaClient;
}

export type TaskQueue = ReturnType<typeof createTaskQueue>;

export function createTaskQueue(dependencies: Dependencies) {
  return {
    ...createClaims(dependencies),
    ...createLeaseWrites(dependencies),
    ...createBatchedWrites(dependencies),
    ...createQueueReads(dependencies),
  };
}

function createClaims({ prisma }: Dependencies) {
  return {
    /**
     * Leases due tasks to the node, the longest due first, with a head start for those to submit; each comes with the new
     * version, which fences off the holder before.
     * Tasks past their deadline are left to `overdue`.
     * @param options.providers whose tasks may be claimed
     * @param options.running ids of tasks that the node works on, and may retain when their leases expire
     * @param options.held names of providers whose tasks are not to be polled now
     * @param options.mayTakeExpired whether expired leases of other nodes may be taken; default true
     */
    async claim(node: string, options: ClaimOptions): Promise<Task[]> {
      const { limit, leaseMs, providers, running = [], held = [], mayTakeExpired = true } = options;
      const isClaimable = Prisma.sql`"dueAt" <= now()
        AND ("leaseExpiresAt" IS NULL OR (${mayTakeExpired}::boolean AND "leaseExpiresAt" < now()))
        AND ${isFor(providers)} AND "id" <> ALL(${running}::text[])`;
      return prisma.$queryRaw<Task[]>`
        WITH "submittable" AS MATERIALIZED (
          SELECT "id", "dueAt" FROM "Task" WHERE "operation" IS NULL AND ${isClaimable}
          ORDER BY "dueAt" LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        ), "submitted" AS MATERIALIZED (
          SELECT "id", "dueAt" FROM "Task"
          WHERE "operation" IS NOT NULL AND ${isClaimable} AND "provider" <> ALL(${held}::text[])
          ORDER BY "dueAt" LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        )
        UPDATE "Task" SET "version" = "version" + 1, "leaseOwner" = ${node},
          "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE "id" IN (
          SELECT "id" FROM (
            SELECT "id", "dueAt" - ${headStartMs}::int * interval '1 millisecond' AS "dueAt" FROM "submittable"
            UNION ALL SELECT "id", "dueAt" FROM "submitted"
          ) AS "found" ORDER BY "dueAt" LIMIT ${limit}::int
        ) RETURNING ${taskColumns}`;
    },

    /**
     * Moves the due polls of the provider that no node has leased, in their order and evenly, with no new version. A lease
     * taken meanwhile keeps its task.
     * @returns how many it moved
     */
    async spreadPolls(provider: string, { delayMs, slotMs, withinMs, limit }: PollSpread): Promise<number> {
      return prisma.$executeRaw`
        WITH "due" AS MATERIALIZED (
          SELECT "id", "dueAt" FROM "Task"
          WHERE "operation" IS NOT NULL AND "dueAt" <= now() AND ${isFor([provider])}
            AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())
          ORDER BY "dueAt" LIMIT ${limit}::int FOR NO KEY UPDATE SKIP LOCKED
        ), "placed" AS (
          SELECT "id", row_number() OVER (ORDER BY "dueAt") - 1 AS "place", count(*) OVER () AS "count" FROM "due"
        )
        UPDATE "Task" SET "dueAt" = now() + interval '1 millisecond' * (
          ${delayMs}::float8 + least(${slotMs}::float8, ${withinMs}::float8 / "count") * "place")
        FROM "placed" WHERE "Task"."id" = "placed"."id"`;
    },
  };
}

function createLeaseWrites({ prisma }: Dependencies) {
  return {
    /**
     * Extends the leases of these tasks that the node holds, in one statement and with no new version. A row that another
     * statement has locked is left out: it would hold up all the others.
     * @returns the ids of the tasks whose leases it extended
     */
    async renewLeases(node: string, taskIds: string[], leaseMs: number): Promise<string[]> {
      const renewed = await prisma.$queryRaw<{ id: string }[]>`
        UPDATE "Task" SET "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE "id" IN (
          SELECT "id" FROM "Task" WHERE "id" = ANY(${taskIds}::text[]) AND "leaseOwner" = ${node}
          FOR NO KEY UPDATE SKIP LOCKED
        ) RETURNING "id"`;
      return renewed.map(({ id }) => id);
    },
  };
}

function createQueueReads({ prisma }: Dependencies) {
  return {
    /** How many unfinished tasks the provider works on, rounded up; a young one counts as the share `youngWeight`. */
    async countRunning(provider: string): Promise<number> {
      const [row] = await prisma.$queryRaw<[{ count: number }]>`
        SELECT ceil(coalesce(sum(CASE WHEN coalesce("startedAt", "createdAt")
            + ${youngShare}::float8 * "expectedDurationMs" * interval '1 millisecond' > now()
          THEN ${youngWeight}::float8 ELSE 1 END), 0))::int AS "count"
        FROM "Task"
        WHERE "status" IN ('PENDING', 'PROCESSING') AND "provider" = ${provider} AND "operation" IS NOT NULL`;
      return row.count;
    },

    /**
     * What there is to do next, by the order of indexes, so that its cost does not depend on the number of tasks.
     * @param running ids of tasks that do not count
     */
    async nextWork(providers: readonly string[], running: string[]): Promise<NextWork> {
      const [row] = await prisma.$queryRaw<[NextWork]>`
        SELECT ${millisecondsTo(Prisma.sql`(
            SELECT "dueAt" FROM "Task"
            WHERE "dueAt" IS NOT NULL AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())
              AND ${isFor(providers)} AND "id" <> ALL(${running}::text[])
            ORDER BY "dueAt" LIMIT 1)`)} AS "dueInMs",
          ${millisecondsTo(Prisma.sql`least(
            (SELECT min("deadlineAt") FROM "Task" WHERE "status" = 'PENDING'),
            (SELECT min("deadlineAt") FROM "Task" WHERE "status" = 'PROCESSING'))`)} AS "overdueInMs",
          EXISTS (
            SELECT FROM "UpstreamCancel" WHERE "dueAt" <= now() AND "provider" = ANY(${providers}::text[])
          ) AS "isCancelDue"`;
      return row;
    },

    /**
     * Tasks whose deadline has passed, leased or not.
     * @param options.providers the providers of this node; tasks of other providers follow 5 s later, when no node that has theirs ended them
     * @param options.except ids of tasks to leave out
     */
    async overdue({ limit, providers, except }: OverdueOptions): Promise<Task[]> {
      return prisma.$queryRaw<Task[]>`
        SELECT ${taskColumns} FROM "Task"
        WHERE "status" IN ('PENDING', 'PROCESSING') AND "deadlineAt" <= now()
          AND ("provider" = ANY(${providers}::text[]) OR "deadlineAt" <= now() - ${foreignDelayMs}::int * interval '1 millisecond')
          AND "id" <> ALL(${except}::text[])
        ORDER BY "deadlineAt" LIMIT ${limit}::int`;
    },
  };
}
