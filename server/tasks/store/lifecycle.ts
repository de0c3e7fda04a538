/** Begins, ends and deletes tasks. Where credits move, one SQL statement does everything or nothing. */
import { refund } from '../../credits/ledger.ts';
import { Prisma, type Image, type PrismaClient, type Task } from '../../generated/prisma/client.ts';
import type { FailureCode } from '../../lib/failures.ts';
import type { JsonValue } from '../../lib/json.ts';
import { accept, type NewTask } from './accept.ts';
import { referenceImagesOf, snapshotOf, type SnapshotRow, taskColumns } from './loader.ts';
import type { TaskSnapshot } from './snapshot.ts';
import { insertUpstreamCancels } from './upstream-cancels.ts';

type FinalStatus = 'SUCCESS' | 'FAILED' | 'CANCELED';

/** How a task ends. */
export type Ending = {
  status: FinalStatus;
  failureCode?: FailureCode;
  images?: Omit<Image, 'taskId' | 'createdAt' | 'isImported' | 'isFavorite'>[];
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
     * @returns the task and the new balance, or why nothing was written: `tooManyActive` where the user has as many
     *   unfinished tasks as allowed; `insufficientCredits`; `apiKeyLimit` where the charge exceeds the limit of the API key;
     *   `apiKeyRevoked` where that was revoked meanwhile; `duplicateKey` where the idempotency key is used or expired;
     *   `databaseBusy` where the statement timed out, for example waiting for a lock; `missingReference` where a reference
     *   image is not the user's or was deleted; `referencesTooLarge`.
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
