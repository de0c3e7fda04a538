/** Tasks in the database. Where money moves, one SQL statement does everything or nothing. */
import { batchSize, inBatches } from '../database/batches.ts';
import { isForeignKeyViolation, isStatementCanceled, isUniqueViolation } from '../database/errors.ts';
import { charge, refund } from '../credits/ledger.ts';
import { Prisma, type Image, type PrismaClient, type Task } from '../generated/prisma/client.ts';
import type { Clock } from '../lib/clock.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import type { FailureCode, GenerationOptions, Scene } from '../providers/provider.ts';
import { taskColumns } from './columns.ts';
import { createSnapshots } from './snapshots.ts';
import type { FinalStatus, TaskSnapshot } from './task.ts';
import { insertUpstreamCancels } from './upstream-cancels.ts';

export interface NewTask {
  id: string;
  userId: string;
  scene: Scene;
  provider: string;
  model: string;
  prompt: string;
  options: GenerationOptions;
  providerOptions: JsonObject;
  referenceImageIds: string[];
  costCredits: number;
  expectedDurationMs: number;
  timeoutMs: number;
  /** How many unfinished tasks the user may have, with this one. */
  maxActiveTasks: number;
  idempotency: Idempotency | undefined;
}

/** A caller's key, with a hash of the operation and its input. */
export interface Idempotency {
  key: string;
  requestHash: string;
}

export type Acceptance = 'accepted' | 'full' | 'refused' | 'repeated' | 'busy' | 'dangling';

/** How a task ends. */
export type Ending = {
  status: FinalStatus;
  failureCode?: FailureCode;
  images?: Omit<Image, 'taskId' | 'createdAt'>[];
  refundCredits: number;
  externalId?: string | undefined;
  answer?: JsonValue | undefined;
  /** Set where the provider still has to be told to stop. */
  cancelUpstream?: boolean;
};

export interface ClaimOptions {
  limit: number;
  leaseMs: number;
  providers: readonly string[];
  running?: string[];
  abandoned?: boolean;
}

export interface OverdueOptions {
  limit: number;
  providers: readonly string[];
  except: string[];
}

/** How much later than a node that has a task's provider one without it ends the task. */
const othersMs = 5_000;

/** Tasks of the providers that may still be worked on: not past their deadline, or final and to be canceled there. */
const isFor = (providers: readonly string[]) => Prisma.sql`"provider" = ANY(${providers}::text[])
  AND ("deadlineAt" > now() OR "status" NOT IN ('PENDING', 'PROCESSING'))`;

/** Keys are kept this long; after that the same key is a new request. */
export const idempotencyHours = 72;

/** The columns that a turn may change, beside version and lease. */
export type TaskChange = Prisma.TaskUncheckedUpdateManyInput;

export type TaskStore = ReturnType<typeof createTaskStore>;

export function createTaskStore({ prisma, clock }: { prisma: PrismaClient; clock: Clock }) {
  const snapshots = createSnapshots({ prisma });
  return {
    ...snapshots,

    /** What the key was used for within its time, if anything. */
    async findKey(userId: string, key: string) {
      const used = await prisma.idempotencyKey.findUnique({ where: { userId_key: { userId, key } } });
      if (!used || used.createdAt.getTime() > clock.nowMs() - idempotencyHours * 3_600_000) return used;
      await prisma.idempotencyKey.deleteMany({ where: { userId, key, createdAt: used.createdAt } });
      return null;
    },

    /**
     * Takes the credits, writes the ledger line and inserts the task, in one statement, or does nothing.
     * @returns 'accepted'; 'full' where the user has too many unfinished tasks; 'refused' where the credits do not
     *   suffice; 'repeated' where the idempotency key was used meanwhile; 'busy' where the database gave up waiting, as
     *   for a lock; 'dangling' where a reference image was deleted meanwhile.
     */
    async accept(task: NewTask): Promise<Acceptance> {
      const { idempotency } = task;
      const rememberKey = idempotency
        ? Prisma.sql`, "remembered" AS (
            INSERT INTO "IdempotencyKey" ("userId", "key", "requestHash", "taskId")
            SELECT "id", ${idempotency.key}, ${idempotency.requestHash}, ${task.id} FROM "paid"
          )`
        : Prisma.empty;
      const movement = { userId: task.userId, taskId: task.id, amount: task.costCredits, reason: 'Images' };
      const isFull = Prisma.sql`"activeTasks"(${task.userId}) >= ${task.maxActiveTasks}::int`;
      try {
        const [result] = await prisma.$queryRaw<{ isAccepted: boolean; isFull: boolean }[]>`
          WITH ${charge({ ...movement, unless: isFull })} ${rememberKey}, "accepted" AS (
            INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "providerOptions",
              "costCredits", "expectedDurationMs", "deadlineAt", "dueAt")
            SELECT ${task.id}, "id", ${task.scene}::"Scene", ${task.provider}, ${task.model}, ${task.prompt},
              ${JSON.stringify(task.options)}::jsonb, ${JSON.stringify(task.providerOptions)}::jsonb, ${task.costCredits}::int,
              ${task.expectedDurationMs}::int, now() + ${task.timeoutMs}::int * interval '1 millisecond', now()
            FROM "paid" RETURNING "id"
          ), "referenced" AS (
            INSERT INTO "TaskReference" ("taskId", "position", "imageId")
            SELECT "accepted"."id", "reference"."position" - 1, "reference"."imageId"
            FROM "accepted", unnest(${task.referenceImageIds}::text[]) WITH ORDINALITY AS "reference" ("imageId", "position")
          )
          SELECT EXISTS (SELECT 1 FROM "accepted") AS "isAccepted", ${isFull} AS "isFull"`;
        if (result?.isAccepted) return 'accepted';
        return result?.isFull ? 'full' : 'refused';
      } catch (error) {
        if (idempotency && isUniqueViolation(error)) return 'repeated';
        if (isStatementCanceled(error)) return 'busy';
        // The user's row is locked and the task's is new: of the foreign keys, only an image can be missing.
        if (isForeignKeyViolation(error)) return 'dangling';
        throw error;
      }
    },

    /**
     * Leases due tasks to the node, the longest due first; each comes with the version that fences others off.
     * What is past its deadline is left to `overdue`.
     * @param options.providers whose tasks may be taken
     * @param options.running ids of tasks that the node works on, which stay its own when their leases run out
     * @param options.abandoned whether leases of others that ran out may be taken; default true
     */
    async claim(node: string, options: ClaimOptions): Promise<Task[]> {
      const { limit, leaseMs, providers, running = [], abandoned = true } = options;
      return prisma.$queryRaw<Task[]>`
        UPDATE "Task" SET "version" = "version" + 1, "leaseOwner" = ${node},
          "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE "id" IN (
          SELECT "id" FROM "Task"
          WHERE "dueAt" <= now()
            AND ("leaseExpiresAt" IS NULL OR (${abandoned}::boolean AND "leaseExpiresAt" < now()))
            AND ${isFor(providers)} AND "id" <> ALL(${running}::text[])
          ORDER BY "dueAt" LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
        ) RETURNING ${taskColumns}`;
    },

    /** Leases that task to the node, due or not; null where it is leased, final, gone, or at another attempt. */
    async claimOne(
      { id, attempt }: Pick<Task, 'id' | 'attempt'>,
      node: string,
      leaseMs: number,
    ): Promise<Task | null> {
      const [claimed] = await prisma.$queryRaw<Task[]>`
        UPDATE "Task" SET "version" = "version" + 1, "leaseOwner" = ${node},
          "leaseExpiresAt" = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE "id" = ${id} AND "attempt" = ${attempt}::int AND "status" IN ('PENDING', 'PROCESSING')
          AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())
        RETURNING ${taskColumns}`;
      return claimed ?? null;
    },

    /** Whether a delivery of that id came before; it is remembered from now on. */
    async remembers(deliveryId: string): Promise<boolean> {
      const first = await prisma.$executeRaw`
        INSERT INTO "WebhookDelivery" ("id") VALUES (${deliveryId}) ON CONFLICT DO NOTHING`;
      return first === 0;
    },

    /** Forgets deliveries whose timestamps are refused by now, and keys whose time is over. */
    async forget(): Promise<void> {
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "WebhookDelivery" WHERE "id" IN (
            SELECT "id" FROM "WebhookDelivery" WHERE "receivedAt" < now() - interval '1 hour' LIMIT ${batchSize}::int)`,
      );
      await inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "IdempotencyKey" WHERE ("userId", "key") IN (
            SELECT "userId", "key" FROM "IdempotencyKey"
            WHERE "createdAt" < now() - ${idempotencyHours}::int * interval '1 hour' LIMIT ${batchSize}::int)`,
      );
    },

    /** How many unfinished tasks the provider works on. */
    async countRunning(provider: string): Promise<number> {
      const [row] = await prisma.$queryRaw<[{ count: number }]>`
        SELECT count(*)::int AS "count" FROM "Task"
        WHERE "status" IN ('PENDING', 'PROCESSING') AND "provider" = ${provider} AND "operation" IS NOT NULL`;
      return row.count;
    },

    /**
     * Milliseconds until the next task of the providers is due or its lease expires; null where none waits.
     * @param running ids of tasks that do not count
     */
    async nextDueInMs(providers: readonly string[], running: string[]): Promise<number | null> {
      const [row] = await prisma.$queryRaw<{ ms: number | null }[]>`
        SELECT (extract(epoch FROM min(greatest("dueAt", coalesce("leaseExpiresAt", "dueAt"))) - now()) * 1000)::float8 AS "ms"
        FROM "Task" WHERE "dueAt" IS NOT NULL AND ${isFor(providers)} AND "id" <> ALL(${running}::text[])`;
      return row?.ms ?? null;
    },

    /**
     * Tasks whose deadline has passed, whoever holds them.
     * @param options.providers those of this node; others' tasks come later, when no node that has theirs ended them
     * @param options.except ids of tasks to leave out
     */
    async overdue({ limit, providers, except }: OverdueOptions): Promise<Task[]> {
      return prisma.$queryRaw<Task[]>`
        SELECT ${taskColumns} FROM "Task"
        WHERE "status" IN ('PENDING', 'PROCESSING') AND "deadlineAt" <= now()
          AND ("provider" = ANY(${providers}::text[]) OR "deadlineAt" <= now() - ${othersMs}::int * interval '1 millisecond')
          AND "id" <> ALL(${except}::text[])
        ORDER BY "deadlineAt" LIMIT ${limit}::int`;
    },

    /** Changes the task where it still has that version. Null where it has moved on: nothing was written. */
    async change(task: Pick<Task, 'id' | 'version'>, change: TaskChange): Promise<Task | null> {
      const [changed] = await prisma.task.updateManyAndReturn({
        where: { id: task.id, version: task.version },
        data: { ...change, version: { increment: 1 } },
      });
      return changed ?? null;
    },

    /**
     * Moves the end of the lease, or gives it back, with no new version: nothing that anybody sees changes. False where
     * the task has moved on, or was given back before: maybe by this very statement, whose answer was lost.
     */
    async touch(
      task: Pick<Task, 'id' | 'version' | 'leaseOwner'>,
      change: Pick<TaskChange, 'leaseExpiresAt' | 'leaseOwner' | 'dueAt'>,
    ) {
      const { count } = await prisma.task.updateMany({
        where: { id: task.id, version: task.version, leaseOwner: task.leaseOwner },
        data: change,
      });
      return count === 1;
    },

    /**
     * Ends the task where it still has that version and is not final: state, pictures, refund and ledger line in one
     * statement. Null where it has moved on: nothing was written.
     */
    async settle(task: Pick<Task, 'id' | 'version'>, ending: Ending): Promise<TaskSnapshot | null> {
      const images = (ending.images ?? []).map((image) => ({ ...image, taskId: task.id }));
      const movement = {
        taskId: task.id,
        amount: ending.refundCredits,
        reason: refundReasons[ending.status],
      };
      const cancel = ending.cancelUpstream
        ? Prisma.sql`, "canceled" AS (${insertUpstreamCancels(Prisma.sql`"settled"`)})`
        : Prisma.empty;
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        WITH "settled" AS (
          UPDATE "Task" SET "version" = "version" + 1, "status" = ${ending.status}::"TaskStatus",
            "failureCode" = ${ending.failureCode ?? null}::text, "refundedCredits" = ${ending.refundCredits}::int,
            "completedAt" = now(), "submittingAt" = NULL, "leaseOwner" = NULL, "leaseExpiresAt" = NULL,
            "externalId" = coalesce(${ending.externalId ?? null}::text, "externalId"),
            "providerAnswer" = coalesce(${ending.answer === undefined ? null : JSON.stringify(ending.answer)}::jsonb, "providerAnswer"),
            "dueAt" = NULL
          WHERE "id" = ${task.id} AND "version" = ${task.version}::int AND "status" IN ('PENDING', 'PROCESSING')
          RETURNING "id", "userId", "provider", "operation"
        ), ${refund(movement)} ${cancel}, "kept" AS (
          INSERT INTO "Image" ("id", "userId", "taskId", "position", "storageKey", "thumbnailKey", "contentType", "byteSize",
            "width", "height", "thumbhash", "sha256")
          SELECT i."id", i."userId", i."taskId", i."position", i."storageKey", i."thumbnailKey", i."contentType", i."byteSize",
            i."width", i."height", i."thumbhash", i."sha256"
          FROM "settled", jsonb_populate_recordset(NULL::"Image", ${JSON.stringify(images)}::jsonb) AS i
        )
        SELECT "id" FROM "settled"`;
      return rows.length === 1 ? snapshots.find(task.id) : null;
    },

    /** Removes a final task and its pictures' rows; its ledger entries and idempotency key stay. */
    async remove(task: Pick<Task, 'id' | 'version'>): Promise<boolean> {
      const { count } = await prisma.task.deleteMany({ where: { id: task.id, version: task.version } });
      return count === 1;
    },

    /** The median run time of the model's last 50 successes, in milliseconds; null where there are fewer than 5. */
    async medianDurationMs(model: string): Promise<number | null> {
      const [row] = await prisma.$queryRaw<{ runs: number; median: number | null }[]>`
        SELECT count(*)::int AS "runs", percentile_cont(0.5) WITHIN GROUP (ORDER BY "ms") AS "median" FROM (
          SELECT extract(epoch FROM "completedAt" - "startedAt") * 1000 AS "ms" FROM "Task"
          WHERE "model" = ${model} AND "status" = 'SUCCESS' AND "startedAt" IS NOT NULL
          ORDER BY "completedAt" DESC LIMIT 50
        ) AS "recent"`;
      return row && row.runs >= 5 && row.median !== null ? Math.round(row.median) : null;
    },
  };
}

const refundReasons: Readonly<Record<FinalStatus, string>> = {
  SUCCESS: 'Fewer images than asked for',
  FAILED: 'Task failed',
  CANCELED: 'Task canceled',
};
