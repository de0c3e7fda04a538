/** Begins, ends and deletes tasks. Where credits move, one SQL statement does everything or nothing. */
import {
  isCheckViolation,
  isForeignKeyViolation,
  isNoDataFound,
  isStatementCanceled,
  isUniqueViolation,
} from '../../database/errors.ts';
import { charge, refund } from '../../credits/ledger.ts';
import { Prisma, type Image, type PrismaClient, type Task } from '../../generated/prisma/client.ts';
import type { FailureCode } from '../../lib/failures.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { GenerationOptions, Scene } from '../../providers/provider.ts';
import { type Idempotency, insertIdempotencyKey } from './idempotency-keys.ts';
import { referenceImagesOf, snapshotOf, type SnapshotRow, taskColumns } from './loader.ts';
import type { TaskSnapshot } from './snapshot.ts';
import { insertUpstreamCancels } from './upstream-cancels.ts';

export interface NewTask {
  id: string;
  userId: string;
  /** Of the request; its spending rises with the charge. */
  apiKeyId?: string | undefined;
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

export type Acceptance =
  | 'accepted'
  | 'tooManyActive'
  | 'insufficientCredits'
  | 'apiKeyLimit'
  | 'apiKeyRevoked'
  | 'duplicateKey'
  | 'databaseBusy'
  | 'missingReference';

type FinalStatus = 'SUCCESS' | 'FAILED' | 'CANCELED';

/** How a task ends. */
export type Ending = {
  status: FinalStatus;
  failureCode?: FailureCode;
  images?: Omit<Image, 'taskId' | 'createdAt' | 'isImported'>[];
  refundCredits: number;
  externalId?: string | undefined;
  answer?: JsonValue | undefined;
  /** Set where the work at the provider has to be canceled afterwards. */
  cancelUpstream?: boolean | undefined;
};

export type TaskLifecycle = ReturnType<typeof createTaskLifecycle>;

interface Dependencies {
  prisma: PrismaClient;
}

export function createTaskLifecycle({ prisma }: Dependencies) {
  return {
    /**
     * Takes the credits and inserts the ledger entry, the task, its references and its idempotency key, in one statement, or
     * does nothing: a repeated key charges nothing.
     * @returns `accepted`; `tooManyActive` where the user has as many unfinished tasks as allowed; `insufficientCredits`;
     *   `apiKeyLimit` where the charge exceeds the limit of the API key; `apiKeyRevoked` where that was revoked meanwhile;
     *   `duplicateKey` where another request used the idempotency key meanwhile; `databaseBusy` where the statement timed
     *   out, for example waiting for a lock; `missingReference` where a reference image was deleted meanwhile.
     */
    accept: (task: NewTask) => accept(prisma, task),

    /**
     * Ends the task where it still has that version and is not final: state, pictures, refund and ledger entry in one
     * statement. Null where it has changed: nothing was written.
     */
    settle: (task: Pick<Task, 'id' | 'version'>, ending: Ending) => settle(prisma, task, ending),

    /** Removes a final task and its pictures' rows; its ledger entries and idempotency key stay. */
    async remove(task: Pick<Task, 'id' | 'version'>): Promise<boolean> {
      const { count } = await prisma.task.deleteMany({ where: { id: task.id, version: task.version } });
      return count === 1;
    },
  };
}

async function accept(prisma: PrismaClient, task: NewTask): Promise<Acceptance> {
  const { idempotency } = task;
  const keyInsert = idempotency
    ? Prisma.sql`, "remembered" AS (${insertIdempotencyKey(idempotency, task.id, Prisma.sql`"paid"`)})`
    : Prisma.empty;
  const { userId, apiKeyId } = task;
  const movement = { userId, apiKeyId, taskId: task.id, amount: task.costCredits, reason: 'Images' };
  const isFull = Prisma.sql`"activeTasks"(${task.userId}) >= ${task.maxActiveTasks}::int`;
  try {
    const [result] = await prisma.$queryRaw<{ isAccepted: boolean; isFull: boolean }[]>`
      WITH ${charge({ ...movement, unless: isFull })} ${keyInsert}, "accepted" AS (
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
    return result?.isFull ? 'tooManyActive' : 'insufficientCredits';
  } catch (error) {
    if (idempotency && isUniqueViolation(error)) return 'duplicateKey';
    if (isStatementCanceled(error)) return 'databaseBusy';
    // Of the CHECKs, only that of the key's limit can be violated: the balance is compared before.
    if (isCheckViolation(error)) return 'apiKeyLimit';
    if (isNoDataFound(error)) return 'apiKeyRevoked';
    // The user's row is locked and the task's is new: of the foreign keys, only an image can be missing.
    if (isForeignKeyViolation(error)) return 'missingReference';
    throw error;
  }
}

async function settle(
  prisma: PrismaClient,
  task: Pick<Task, 'id' | 'version'>,
  ending: Ending,
): Promise<TaskSnapshot | null> {
  const images = (ending.images ?? []).map((image) => ({ ...image, taskId: task.id }));
  const movement = {
    taskId: task.id,
    amount: ending.refundCredits,
    reason: refundReasons[ending.status],
  };
  const cancel = ending.cancelUpstream
    ? Prisma.sql`, "canceled" AS (${insertUpstreamCancels(Prisma.sql`"settled"`)})`
    : Prisma.empty;
  const [row] = await prisma.$queryRaw<SnapshotRow[]>`
    WITH "settled" AS (
      UPDATE "Task" SET "version" = "version" + 1, "status" = ${ending.status}::"TaskStatus",
        "failureCode" = ${ending.failureCode ?? null}::text, "refundedCredits" = ${ending.refundCredits}::int,
        "completedAt" = now(), "submittingAt" = NULL, "leaseOwner" = NULL, "leaseExpiresAt" = NULL,
        "externalId" = coalesce(${ending.externalId ?? null}::text, "externalId"),
        "providerAnswer" = coalesce(${ending.answer === undefined ? null : JSON.stringify(ending.answer)}::jsonb, "providerAnswer"),
        "dueAt" = NULL
      WHERE "id" = ${task.id} AND "version" = ${task.version}::int AND "status" IN ('PENDING', 'PROCESSING')
      RETURNING ${taskColumns}
    ), ${refund(movement)} ${cancel}, "kept" AS (
      INSERT INTO "Image" ("id", "userId", "taskId", "position", "storageKey", "thumbnailKey", "contentType", "byteSize",
        "width", "height", "thumbhash", "sha256")
      SELECT i."id", i."userId", i."taskId", i."position", i."storageKey", i."thumbnailKey", i."contentType", i."byteSize",
        i."width", i."height", i."thumbhash", i."sha256"
      FROM "settled", jsonb_populate_recordset(NULL::"Image", ${JSON.stringify(images)}::jsonb) AS i
      RETURNING "Image".*
    )
    SELECT "settled".*, (
      SELECT coalesce(jsonb_agg(to_jsonb("kept") ORDER BY "position"), '[]') FROM "kept"
    ) AS "images", ${referenceImagesOf(Prisma.sql`"settled"."id"`)} AS "referenceImages"
    FROM "settled"`;
  return row ? snapshotOf(row) : null;
}

const refundReasons: Readonly<Record<FinalStatus, string>> = {
  SUCCESS: 'Fewer images than asked for',
  FAILED: 'Task failed',
  CANCELED: 'Task canceled',
};
