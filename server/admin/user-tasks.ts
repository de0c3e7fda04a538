/** What operators do to the tasks of users. */
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import { createTaskStore } from '../tasks/store/store.ts';
import type { TaskSnapshot } from '../tasks/store/snapshot.ts';
import { isFinal, refundOf } from '../tasks/task.ts';
import { type Operator, recordAction } from './audit-trail.ts';

export type UserTasks = ReturnType<typeof createUserTasks>;

interface Dependencies {
  prisma: PrismaClient;
  /** Called with each task that changed, for its subscribers and the worker. */
  onChange: (task: TaskSnapshot) => void;
}

const endings = {
  CANCELED: { status: 'CANCELED', cancelUpstream: true },
  FAILED: { status: 'FAILED', failureCode: 'INTERNAL', cancelUpstream: true },
} as const;

export function createUserTasks({ prisma, onChange }: Dependencies) {
  const store = createTaskStore({ prisma });

  /** Ends and records it in one transaction; null where it has changed since it was read. */
  const settle = (task: TaskSnapshot, status: keyof typeof endings, operator: Operator) =>
    prisma.$transaction(async (transaction) => {
      const inTransaction = createTaskStore({ prisma: transaction as PrismaClient });
      const refundCredits = refundOf(task, 0);
      const ended = await inTransaction.settle(task, { ...endings[status], refundCredits });
      const action = status === 'CANCELED' ? 'tasks.cancel' : 'tasks.fail';
      const details = { user: task.userId, refundCredits };
      if (ended)
        await transaction.$executeRaw(recordAction({ operator, action, target: `task:${task.id}`, details }));
      return ended;
    });

  return {
    /**
     * Ends a task that is not final, here and at the provider, and refunds it; a final one is left unchanged.
     * @param status FAILED has the failure code INTERNAL.
     * @throws {AppError} NOT_FOUND
     */
    async end(operator: Operator, id: string, status: keyof typeof endings): Promise<string> {
      for (;;) {
        const task = await store.find(id);
        if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', 'id');
        if (isFinal(task)) return id;
        const ended = await settle(task, status, operator);
        if (!ended) continue;
        onChange(ended);
        return id;
      }
    },

    /**
     * Makes an unfinished task due now, so that a worker submits, looks for or polls it at once; one that a worker has
     * leased is left to it. A final one is left unchanged. @throws {AppError} NOT_FOUND
     */
    async redrive(operator: Operator, id: string): Promise<string> {
      const action = { operator, action: 'tasks.redrive', target: `task:${id}` };
      const recorded = await prisma.$executeRaw`
        WITH "driven" AS (
          UPDATE "Task" SET "dueAt" = now()
          WHERE "id" = ${id} AND "status" IN ('PENDING', 'PROCESSING')
            AND coalesce("leaseExpiresAt" < now(), true)
          RETURNING "id"
        ) ${recordAction(action, Prisma.sql`FROM "driven"`)}`;
      const task = await store.find(id);
      if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', 'id');
      if (recorded > 0) onChange(task);
      return id;
    },
  };
}
