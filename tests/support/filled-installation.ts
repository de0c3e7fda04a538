/** An installation that has been used: users, tasks, ledger and pictures, written by the product's own stores. */
import { createHash, randomBytes } from 'node:crypto';
import type { PrismaClient } from '../../server/generated/prisma/client.ts';
import { claimPrefix } from '../../server/images/storage-prefix.ts';
import { createStoredFiles } from '../../server/images/stored-files.ts';
import type { ImageStorage } from '../../server/storage/storage.ts';
import { createTaskStore } from '../../server/tasks/store/store.ts';
import { addUser, newTask } from './tasks.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const tasksPerUser = 100;
const tasksAtOnce = 50;
/** Unfinished tasks are not overdue, however long a test takes. */
const dayMs = 86_400_000;

/** Adds tasks: of ten, seven succeed with a picture, two fail and one is not finished. Bytes of pictures are random. */
export async function fillInstallation(
  { prisma, storage }: { prisma: PrismaClient; storage: ImageStorage },
  taskCount: number,
): Promise<void> {
  const store = createTaskStore({ prisma });
  const files = createStoredFiles({ storage, ownPrefix: claimPrefix({ prisma, storage }), log });
  const add = async (userId: string, number: number) => {
    const task = newTask(userId, {
      prompt: `Lighthouse ${number} 😀 "quoted"`,
      maxActiveTasks: 1_000_000,
      timeoutMs: dayMs,
    });
    await store.accept(task);
    if (number % 10 === 9) return;
    const accepted = (await store.find(task.id))!;
    if (number % 10 >= 7)
      return store.settle(accepted, {
        status: 'FAILED',
        failureCode: 'TIMEOUT',
        refundCredits: task.costCredits,
      });
    const bytes = randomBytes(200 + (number % 800));
    const image = await files.store(userId, {
      bytes,
      thumbnail: randomBytes(50),
      extension: 'png',
      contentType: 'image/png',
      width: 4,
      height: 3,
      thumbhash: 'x',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    return store.settle(accepted, { status: 'SUCCESS', images: [image], refundCredits: 0 });
  };
  for (let done = 0; done < taskCount; done += tasksPerUser) {
    const userId = await addUser(prisma, 2 * tasksPerUser);
    const numbers = Array.from(
      { length: Math.min(tasksPerUser, taskCount - done) },
      (_, index) => done + index,
    );
    for (let at = 0; at < numbers.length; at += tasksAtOnce)
      await Promise.all(numbers.slice(at, at + tasksAtOnce).map((number) => add(userId, number)));
  }
}
