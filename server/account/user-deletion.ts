/**
 * Deletes an account with everything that names a person. What remains is the ledger, whose entries then name an id that
 * is nothing else any more, and that id in `DeletedUser`, for the audit.
 *
 * 1. `begin` marks the user (`deletingAt`), disables it, removes name and address, and ends all credentials, in one transaction. The
 *    address is free for a new account from then on.
 * 2. `finish` cancels and deletes tasks, deletes pictures and finally the row. It can be repeated after a crash at any
 *    point: pictures are deleted from storage before their rows.
 * 3. `resume` finishes what was begun and not finished, on any node.
 */
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import type { ImageService } from '../images/service.ts';
import type { Log } from '../lib/log.ts';
import type { TaskService } from '../tasks/service.ts';

export type UserDeletion = ReturnType<typeof createUserDeletion>;

interface Dependencies {
  prisma: PrismaClient;
  tasks: Pick<TaskService, 'cancel'>;
  images: Pick<ImageService, 'discard'>;
  log: Log;
}

/** Few enough for one statement, and for what a crash leaves behind. */
const batchSize = 50;

export function createUserDeletion({ prisma, tasks, images, log }: Dependencies) {
  const finishing = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  /** @returns whether there is such a user */
  async function begin(userId: string, record?: Prisma.Sql): Promise<boolean> {
    const where = { userId };
    const [marked] = await prisma.$transaction([
      prisma.$executeRaw`
        UPDATE "User" SET "deletingAt" = coalesce("deletingAt", now()), "name" = '', "image" = NULL,
          "email" = "id" || '@deleted.invalid', "emailVerified" = false, "role" = 'USER',
          "disabledAt" = coalesce("disabledAt", now())
        WHERE "id" = ${userId}`,
      prisma.session.deleteMany({ where }),
      prisma.account.deleteMany({ where }),
      prisma.apiKey.deleteMany({ where }),
      prisma.webhookEndpoint.deleteMany({ where }),
      // Links of mails to choose a new password.
      prisma.verification.deleteMany({ where: { value: userId } }),
      ...(record ? [prisma.$executeRaw(record)] : []),
    ]);
    return marked > 0;
  }

  async function deleteTasks(userId: string): Promise<void> {
    for (;;) {
      stopping.signal.throwIfAborted();
      const unfinished = await prisma.task.findMany({
        where: { userId, status: { in: ['PENDING', 'PROCESSING'] } },
        select: { id: true },
        take: batchSize,
      });
      for (const { id } of unfinished) await tasks.cancel(userId, id);
      const batch = await prisma.task.findMany({
        where: { userId, status: { in: ['SUCCESS', 'FAILED', 'CANCELED'] } },
        select: { id: true, images: { select: { storageKey: true, thumbnailKey: true } } },
        take: batchSize,
      });
      if (unfinished.length + batch.length === 0) return;
      await discard(batch.flatMap((task) => task.images));
      await prisma.task.deleteMany({ where: { id: { in: batch.map(({ id }) => id) } } });
    }
  }

  async function deleteUploads(userId: string): Promise<void> {
    for (;;) {
      stopping.signal.throwIfAborted();
      const batch = await prisma.image.findMany({
        where: { userId },
        select: { id: true, storageKey: true, thumbnailKey: true },
        take: batchSize,
      });
      if (batch.length === 0) return;
      await discard(batch);
      await prisma.image.deleteMany({ where: { id: { in: batch.map(({ id }) => id) } } });
    }
  }

  async function discard(batch: Parameters<ImageService['discard']>[0]): Promise<void> {
    const left = await images.discard(batch);
    if (left > 0) throw new Error(`The storage did not delete ${left} objects of a deleted account`);
  }

  async function deleteEverything(userId: string): Promise<void> {
    for (;;) {
      await deleteTasks(userId);
      await deleteUploads(userId);
      await prisma.idempotencyKey.deleteMany({ where: { userId } });
      // A request that had begun before may have added a task or picture meanwhile.
      const deleted = await prisma.$executeRaw`
        DELETE FROM "User" WHERE "id" = ${userId} AND "deletingAt" IS NOT NULL
          AND NOT EXISTS (SELECT FROM "Task" WHERE "userId" = ${userId})
          AND NOT EXISTS (SELECT FROM "Image" WHERE "userId" = ${userId})`;
      if (deleted > 0) return log.info({ component: 'account' }, 'an account was deleted');
      if ((await prisma.user.count({ where: { id: userId } })) === 0) return;
    }
  }

  function finish(userId: string): Promise<void> {
    const running = finishing.get(userId) ?? deleteEverything(userId).finally(() => finishing.delete(userId));
    finishing.set(userId, running);
    return running;
  }

  return {
    /**
     * Deletes the user and everything of it. Where this rejects, for example because the storage does not answer, the
     * account is closed already and `resume` deletes the rest.
     * @param record A statement for the transaction that closes the account.
     * @returns whether there was such a user
     */
    async deleteUser(userId: string, record?: Prisma.Sql): Promise<boolean> {
      const isThere = await begin(userId, record);
      if (isThere) await finish(userId);
      return isThere;
    },

    /** As `deleteUser`, but resolves once the account is closed; the rest goes on in the background. */
    async closeAccount(userId: string, record?: Prisma.Sql): Promise<void> {
      if (!(await begin(userId, record))) return;
      finish(userId).catch((error: unknown) =>
        log.warn({ component: 'account', error }, 'the deletion of an account is continued later'),
      );
    },

    /** Finishes deletions that were begun. */
    async resume(): Promise<void> {
      const begun = await prisma.user.findMany({
        where: { deletingAt: { not: null } },
        select: { id: true },
        orderBy: { deletingAt: 'desc' },
        take: batchSize,
      });
      for (const { id } of begun)
        // The others do not wait for one whose pictures the storage does not delete.
        await finish(id).catch((error: unknown) =>
          log.warn({ component: 'account', error }, 'the deletion of an account is continued later'),
        );
    },

    /** Ends running deletions after their current batch; the next start, or another node, finishes them. */
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.allSettled(finishing.values());
    },
  };
}
