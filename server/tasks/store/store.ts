/** Tasks in the database: reads, the queue, and the statements that begin and end a task. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { createTaskLifecycle, type TaskLifecycle } from './lifecycle.ts';
import { createTaskLoader, type TaskLoader } from './loader.ts';
import { createTaskQueue, type TaskQueue } from './queue.ts';

export type TaskStore = TaskLoader & TaskLifecycle & TaskQueue;

export function createTaskStore({ prisma }: { prisma: PrismaClient }): TaskStore {
  return {
    ...createTaskLoader({ prisma }),
    ...createTaskLifecycle({ prisma }),
    ...createTaskQueue({ prisma }),
  };
}
