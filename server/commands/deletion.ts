/** Deletes accounts in the process of the command, where no server does. */
import { createUserDeletion } from '../account/user-deletion.ts';
import type { Config } from '../config/config.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { createStoredFiles } from '../images/stored-files.ts';
import type { Log } from '../lib/log.ts';
import { AppError } from '../lib/errors.ts';
import { cancelTask } from '../tasks/service.ts';
import type { TaskSnapshot } from '../tasks/store/snapshot.ts';
import { createTaskStore } from '../tasks/store/store.ts';

interface Dependencies {
  prisma: PrismaClient;
  onTaskChange: (task: TaskSnapshot) => void;
}

/** What fails is reported by the error. */
const log: Log = { info() {}, warn() {}, error() {} };

/** @returns deletes a user with everything of it, and rejects where the storage does not delete the pictures */
export function createCommandDeletion(config: Config, { prisma, onTaskChange }: Dependencies) {
  return async (userId: string, record?: Prisma.Sql): Promise<void> => {
    const { openUnsignedStorage } = await import('../adapters.ts');
    const storage = await openUnsignedStorage(config);
    const store = createTaskStore({ prisma });
    const deletion = createUserDeletion({
      prisma,
      tasks: { cancel: (_, id) => cancelTask(() => find(id), store, onTaskChange) },
      images: createStoredFiles({
        storage,
        log,
        ownPrefix: () => Promise.reject(new Error('Nothing is stored')),
      }),
      log,
    });
    const find = async (id: string) => {
      const task = await store.find(id);
      if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', 'id');
      return task;
    };
    await deletion.deleteUser(userId, record).catch((error: unknown) => {
      const text = `The account is closed. What is left of it is deleted when the storage answers: ${(error as Error).message}.`;
      throw new Error(text, { cause: error });
    });
  };
}
