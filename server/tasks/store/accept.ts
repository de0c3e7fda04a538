/** Charges for a task and inserts it, in one SQL statement that does everything or nothing. */
import { charge, type DailyLimits, isBeyondDay } from '../../credits/ledger.ts';
import {
  isCheckViolation,
  isForeignKeyViolation,
  isNoDataFound,
  isStatementCanceled,
  isUniqueViolation,
} from '../../database/errors.ts';
import { readRows } from '../../database/read-rows.ts';
import { Prisma, type PrismaClient, type User } from '../../generated/prisma/client.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { GenerationOptions, Scene } from '../../providers/provider.ts';
import { type Idempotency, insertIdempotencyKey, isKeyUsed } from './idempotency-keys.ts';
import { type SnapshotRow, snapshotOf, taskColumns } from './loader.ts';
import type { TaskSnapshot } from './snapshot.ts';

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
  isSeedChosen: boolean;
  parentId: string | null;
  providerOptions: JsonObject;
  referenceImageIds: string[];
  /** The most bytes of one reference image, and of all of them. */
  maxReferenceBytes: number;
  maxReferenceBytesTotal: number;
  costCredits: number;
  expectedDurationMs: number;
  timeoutMs: number;
  /** How many unfinished tasks the user may have, with this one. */
  maxActiveTasks: number;
  dailyLimits: DailyLimits;
  idempotency: Idempotency | undefined;
}

/** An accepted task, and its user with the balance after the charge. */
export interface AcceptedTask {
  task: TaskSnapshot;
  account: Pick<User, 'id' | 'name' | 'email' | 'credits' | 'role'>;
}

/** Why nothing was charged. */
export type AcceptanceRefusal =
  | 'tooManyActive'
  | 'insufficientCredits'
  | 'dailyLimit'
  | 'dailyLimitTotal'
  | 'apiKeyLimit'
  | 'apiKeyRevoked'
  | 'duplicateKey'
  | 'databaseBusy'
  | 'missingReference'
  | 'referencesTooLarge';

/** Of an accepted task, its columns and its user's; otherwise why it was refused. */
type Row = Omit<SnapshotRow, 'images'> &
  Pick<User, 'name' | 'email' | 'credits' | 'role'> & { refusal: AcceptanceRefusal | null };

export async function accept(prisma: PrismaClient, task: NewTask): Promise<AcceptedTask | AcceptanceRefusal> {
  const { idempotency } = task;
  try {
    const [row] = await readRows<Row>(prisma, statementOf(task));
    if (!row) throw new Error('An acceptance returned no row');
    const { name, email, credits, role, refusal, ...accepted } = row;
    const account = { id: accepted.userId, name, email, credits, role };
    return refusal ?? { task: snapshotOf({ ...accepted, images: [] }), account };
  } catch (error) {
    if (idempotency && isUniqueViolation(error)) return 'duplicateKey';
    if (isStatementCanceled(error)) return 'databaseBusy';
    if (isCheckViolation(error, 'DailyCharge_limit_check')) return 'dailyLimitTotal';
    // Of the other CHECKs, only that of the key's limit can be violated: the balance is compared before.
    if (isCheckViolation(error)) return 'apiKeyLimit';
    if (isNoDataFound(error)) return 'apiKeyRevoked';
    // The user's row is locked and the task's is new: of the foreign keys, only an image can be missing.
    if (isForeignKeyViolation(error)) return 'missingReference';
    throw error;
  }
}

function statementOf(task: NewTask): Prisma.Sql {
  const { userId, apiKeyId, idempotency, referenceImageIds } = task;
  const { costCredits, dailyLimits } = task;
  const movement = { userId, apiKeyId, taskId: task.id, amount: costCredits, reason: 'Images', dailyLimits };
  const isRepeated = idempotency ? isKeyUsed(userId, idempotency.key) : Prisma.sql`false`;
  const isMissing = Prisma.sql`(SELECT count(*) FROM "reference") < ${referenceImageIds.length}::int`;
  const isTooLarge = Prisma.sql`EXISTS (SELECT FROM "reference" HAVING max("byteSize") > ${task.maxReferenceBytes}::int
    OR sum("byteSize") > ${task.maxReferenceBytesTotal}::bigint)`;
  const isFull = Prisma.sql`"activeTasks"(${userId}) >= ${task.maxActiveTasks}::int`;
  const unless = Prisma.sql`${isRepeated} OR ${isMissing} OR ${isTooLarge} OR ${isFull}`;
  const keyInsert = idempotency
    ? Prisma.sql`, "remembered" AS (${insertIdempotencyKey(idempotency, task.id, Prisma.sql`"paid"`)})`
    : Prisma.empty;
  return Prisma.sql`
    WITH "reference" AS MATERIALIZED (
      SELECT "wanted"."position" - 1 AS "position", "Image"."id" AS "imageId", "byteSize", to_jsonb("Image") AS "image"
      FROM unnest(${referenceImageIds}::text[]) WITH ORDINALITY AS "wanted" ("id", "position")
      JOIN "Image" ON "Image"."id" = "wanted"."id" AND "Image"."userId" = ${userId}
    ), ${charge({ ...movement, unless })} ${keyInsert}, "accepted" AS (
      INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "isSeedChosen",
        "parentId", "providerOptions", "costCredits", "expectedDurationMs", "deadlineAt", "dueAt")
      SELECT ${task.id}, "id", ${task.scene}::"Scene", ${task.provider}, ${task.model}, ${task.prompt},
        ${JSON.stringify(task.options)}::jsonb, ${task.isSeedChosen}, ${task.parentId}, ${JSON.stringify(task.providerOptions)}::jsonb, ${task.costCredits}::int,
        ${task.expectedDurationMs}::int, now() + ${task.timeoutMs}::int * interval '1 millisecond', now()
      FROM "paid" RETURNING ${taskColumns}
    ), "referenced" AS (
      INSERT INTO "TaskReference" ("taskId", "position", "imageId")
      SELECT "accepted"."id", "position", "imageId" FROM "accepted", "reference"
    )
    SELECT "accepted".*, "paid"."name", "paid"."email", "paid"."credits", "paid"."role", (
      SELECT coalesce(jsonb_agg(jsonb_build_object('position', "position", 'image', "image") ORDER BY "position"), '[]')
      FROM "reference"
    ) AS "referenceImages", CASE
      WHEN "accepted"."id" IS NOT NULL THEN NULL
      WHEN ${isRepeated} THEN 'duplicateKey'
      WHEN ${isMissing} THEN 'missingReference'
      WHEN ${isTooLarge} THEN 'referencesTooLarge'
      WHEN ${isFull} THEN 'tooManyActive'
      WHEN ${isBeyondDay(userId, costCredits, dailyLimits)} THEN 'dailyLimit'
      ELSE 'insufficientCredits' END AS "refusal"
    FROM (SELECT) AS "always" LEFT JOIN ("accepted" CROSS JOIN "paid") ON true`;
}
