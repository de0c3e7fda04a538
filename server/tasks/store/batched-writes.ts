/**
 * Writes of single tasks that share statements: those that are requested during a statement make up the next one. Each has
 * its own fence, and one row is written or left as it is whatever becomes of the others. A row that another statement has
 * locked is left out, because it would delay them all.
 */
import { isRefusal } from '../../database/errors.ts';
import { Prisma, type PrismaClient, type Task } from '../../generated/prisma/client.ts';
import { createBatchedLookup } from '../../lib/batched-lookup.ts';
import { taskColumns } from './loader.ts';

/** The columns that a step may change, besides version and lease. */
export type TaskChange = Prisma.TaskUncheckedUpdateManyInput;

/** A leased task, as a lease names it in its writes. */
type LeasedTask = Pick<Task, 'id' | 'version' | 'leaseOwner'>;

interface Dependencies {
  prisma: PrismaClient;
}

/** A row with the key of its write. */
type Keyed<Row> = Row & { key: string };

/**
 * Locks the tasks that keys name.
 * @param keys JSON objects with the `id` of a task (`keyOf`)
 * @param fence what holds of a row that may be written, by "Task" and by the object, "write"
 */
const lockedRows = (keys: string[], fence: Prisma.Sql) => Prisma.sql`(
    SELECT "Task"."id" AS "taskId", "key", "write"
    FROM (SELECT "key", "key"::jsonb AS "write" FROM unnest(${keys}::text[]) AS "keys"("key")) AS "wanted"
    JOIN "Task" ON "Task"."id" = "write"->>'id' AND ${fence}
    FOR NO KEY UPDATE OF "Task" SKIP LOCKED
  ) AS "locked"`;

let requests = 0;

/** The key of a write. Two equal writes have two keys, so that only one of them is carried out. */
const keyOf = (write: object) => JSON.stringify({ ...write, request: (requests += 1) });

const hasVersion = Prisma.sql`"Task"."version" = ("write"->>'version')::int`;

function byKey<Row>(rows: Keyed<Row>[]): ReadonlyMap<string, Omit<Keyed<Row>, 'key'>> {
  return new Map(rows.map(({ key, ...row }) => [key, row]));
}

export function createBatchedWrites({ prisma }: Dependencies) {
  return {
    claimOne: createClaimOne({ prisma }),
    change: createChange({ prisma }),
    releaseLease: createReleaseLease({ prisma }),
  };
}

function createClaimOne({ prisma }: Dependencies) {
  const claim = createBatchedLookup<Task>(async (keys) => {
    const isClaimable = Prisma.sql`"Task"."attempt" = ("write"->>'attempt')::int
      AND "Task"."status" IN ('PENDING', 'PROCESSING')
      AND ("Task"."leaseExpiresAt" IS NULL OR "Task"."leaseExpiresAt" < now())`;
    const rows = await prisma.$queryRaw<Keyed<Task>[]>`
      UPDATE "Task" SET "version" = "version" + 1, "leaseOwner" = "write"->>'node',
        "leaseExpiresAt" = now() + ("write"->>'leaseMs')::int * interval '1 millisecond'
      FROM ${lockedRows(keys, isClaimable)} WHERE "Task"."id" = "taskId" RETURNING ${taskColumns}, "key"`;
    return byKey<Task>(rows);
  });

  /** Leases that task to the node, due or not; null where it is leased, locked, final, gone, or at another submission. */
  return ({ id, attempt }: Pick<Task, 'id' | 'attempt'>, node: string, leaseMs: number) =>
    claim(keyOf({ id, attempt, node, leaseMs }));
}

function createChange({ prisma }: Dependencies) {
  const batches = new Map<string, (key: string) => Promise<Task | null>>();

  /** Changes of the same columns share statements. */
  function batchOf(columns: string[]): (key: string) => Promise<Task | null> {
    const assignments = columns.map((column) => `"${column}" = "change"."${column}"`).join(', ');
    const before = batches.get(assignments);
    if (before) return before;
    const batch = createBatchedLookup<Task>(async (keys) => {
      const rows = await prisma.$queryRaw<Keyed<Task>[]>`
        UPDATE "Task" SET ${Prisma.raw(assignments)}, "version" = "Task"."version" + 1
        FROM ${lockedRows(keys, hasVersion)}, jsonb_populate_record(NULL::"Task", "write"->'change') AS "change"
        WHERE "Task"."id" = "taskId" RETURNING ${taskColumns}, "key"`;
      return byKey<Task>(rows);
    });
    batches.set(assignments, batch);
    return batch;
  }

  /** Waits for a row that is locked. */
  async function changeAlone({ id, version }: Pick<Task, 'id' | 'version'>, change: TaskChange) {
    const data = { ...change, version: { increment: 1 } };
    const [changed] = await prisma.task.updateManyAndReturn({ where: { id, version }, data });
    return changed ?? null;
  }

  /** Changes the task where it still has that version. Null where it has changed: nothing was written. */
  return async (task: Pick<Task, 'id' | 'version'>, change: TaskChange): Promise<Task | null> => {
    const { id, version } = task;
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    // In the JSON of a statement, `null` is that of SQL.
    if (given.some(([, value]) => value === Prisma.JsonNull)) return changeAlone(task, change);
    const values = given.map(([column, value]) => [column, value === Prisma.DbNull ? null : value]);
    const key = keyOf({ id, version, change: Object.fromEntries(values) });
    try {
      const changed = await batchOf(given.map(([column]) => column).toSorted())(key);
      if (changed) return changed;
    } catch (error) {
      // The database may have refused the change of another task.
      if (!isRefusal(error)) throw error;
    }
    return changeAlone(task, change);
  };
}

function createReleaseLease({ prisma }: Dependencies) {
  const release = createBatchedLookup<object>(async (keys) => {
    const isHeld = Prisma.sql`${hasVersion} AND "Task"."leaseOwner" = "write"->>'leaseOwner'`;
    const rows = await prisma.$queryRaw<Keyed<object>[]>`
      UPDATE "Task" SET "leaseOwner" = NULL, "leaseExpiresAt" = NULL, "dueAt" = ("write"->>'dueAt')::timestamptz
      FROM ${lockedRows(keys, isHeld)} WHERE "Task"."id" = "taskId" RETURNING "key"`;
    return byKey(rows);
  });

  /**
   * Releases the lease, with no new version: nothing that a client sees changes. False where the task has changed or
   * the lease was released before, possibly by this statement, whose response was lost.
   * @param dueAt when the next step may begin; null where none is left
   */
  return async ({ id, version, leaseOwner }: LeasedTask, dueAt: Date | null): Promise<boolean> => {
    const held = { id, version, leaseOwner };
    if (await release(keyOf({ ...held, dueAt }))) return true;
    // It may only have been locked.
    const data = { leaseOwner: null, leaseExpiresAt: null, dueAt };
    const { count } = await prisma.task.updateMany({ where: held, data });
    return count === 1;
  };
}
