/** Releases leases. Steps that end during a statement share the next one. */
import type { Prisma, PrismaClient, Task } from '../../generated/prisma/client.ts';
import { createBatchedLookup } from '../../lib/batched-lookup.ts';

/** A leased task, as a lease names it in its writes. */
export type LeasedTask = Pick<Task, 'id' | 'version' | 'leaseOwner'>;

const free = { leaseOwner: null, leaseExpiresAt: null };

export function createLeaseReleases({ prisma }: { prisma: PrismaClient }) {
  /** @returns the keys of those that were released: not of a row that has changed, nor of one that another statement locks */
  const releaseAll = async (keys: string[]): Promise<ReadonlyMap<string, true>> => {
    const released = await prisma.$queryRaw<{ key: string }[]>`
      UPDATE "Task" SET "leaseOwner" = NULL, "leaseExpiresAt" = NULL, "dueAt" = "held"."dueAt"
      FROM (
        SELECT "Task"."id", "wanted"."key", ("wanted"."release"->>'dueAt')::timestamptz AS "dueAt"
        FROM (SELECT "key", "key"::jsonb AS "release" FROM unnest(${keys}::text[]) AS "keys"("key")) AS "wanted"
        JOIN "Task" ON "Task"."id" = "wanted"."release"->>'id'
          AND "Task"."version" = ("wanted"."release"->>'version')::int
          AND "Task"."leaseOwner" = "wanted"."release"->>'leaseOwner'
        FOR NO KEY UPDATE OF "Task" SKIP LOCKED
      ) AS "held"
      WHERE "Task"."id" = "held"."id" RETURNING "held"."key"`;
    return new Map(released.map(({ key }) => [key, true]));
  };
  const releaseBatched = createBatchedLookup(releaseAll);

  /** Waits for a row that is locked. */
  async function releaseOne(where: Prisma.TaskWhereInput, dueAt: Date | null): Promise<boolean> {
    const { count } = await prisma.task.updateMany({ where, data: { ...free, dueAt } });
    return count === 1;
  }

  return {
    /**
     * Releases the lease, with no new version: nothing that a client sees changes. False where the task has changed or
     * the lease was released before, possibly by this statement, whose response was lost.
     * @param dueAt when the next step may begin; null where none is left
     */
    async releaseLease({ id, version, leaseOwner }: LeasedTask, dueAt: Date | null): Promise<boolean> {
      const held = { id, version, leaseOwner };
      const isReleased = await releaseBatched(JSON.stringify({ ...held, dueAt }));
      return isReleased ?? releaseOne(held, dueAt);
    },
  };
}
