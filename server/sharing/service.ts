/** The share links of a user. */
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Prisma, PrismaClient, ShareLink } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';

export type SharingService = ReturnType<typeof createSharingService>;

/** Links of one user. */
export const maxShareLinks = 90;
/** 144 bits, which cannot be guessed, in 24 characters of base64url. */
const tokenBytes = 18;

export interface NewShareLink {
  taskId: string;
  /** Null where the whole task is shared. */
  imageId: string | null;
  includesPrompt: boolean;
}

interface Dependencies {
  prisma: PrismaClient;
  /** The origin of the pages. */
  publicUrl: string;
}

/** Every member sees the user's tasks and links only; another user's count as missing. */
export function createSharingService({ prisma, publicUrl }: Dependencies) {
  return {
    /**
     * Shares a task that has succeeded, or one of its images. The same request returns the same link.
     * @throws {AppError} NOT_FOUND, INVALID_INPUT
     */
    create: (userId: string, shared: NewShareLink): Promise<ShareLink> =>
      prisma.$transaction(async (transaction) => {
        // Concurrent creations of a user wait for each other, so that each sees those before it.
        await transaction.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${userId} FOR NO KEY UPDATE`;
        await checkShared(transaction, userId, shared);
        const { taskId, imageId, includesPrompt } = shared;
        const same = { userId, taskId, imageId, includesPrompt };
        const existing = await transaction.shareLink.findFirst({ where: same });
        if (existing) return existing;
        if ((await transaction.shareLink.count({ where: { userId } })) >= maxShareLinks)
          throw new AppError(
            'INVALID_INPUT',
            `You can have up to ${maxShareLinks} share links. Revoke one first.`,
          );
        const token = randomBytes(tokenBytes).toString('base64url');
        return transaction.shareLink.create({ data: { id: uuid(), ...same, token } });
      }),

    /** Ends the link: its page and pictures answer with 404 from now on, on every node. @throws {AppError} NOT_FOUND */
    async revoke(userId: string, id: string): Promise<void> {
      const { count } = await prisma.shareLink.deleteMany({ where: { id, userId } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such share link.', 'id');
    },

    /** The address of the page. */
    url: ({ token }: Pick<ShareLink, 'token'>): string => `${publicUrl}/s/${token}`,
  };
}

/** Locks the rows of what is shared, so that they are there until the link is written. @throws {AppError} */
async function checkShared(
  transaction: Prisma.TransactionClient,
  userId: string,
  { taskId, imageId }: NewShareLink,
): Promise<void> {
  const [task] = await transaction.$queryRaw<{ status: string }[]>`
    SELECT "status"::text FROM "Task" WHERE "id" = ${taskId} AND "userId" = ${userId} FOR KEY SHARE`;
  if (!task) throw new AppError('NOT_FOUND', 'There is no such task.', 'input.task');
  if (task.status !== 'SUCCESS')
    throw new AppError('INVALID_INPUT', 'Only a task that has succeeded can be shared.', 'input.task');
  const images = await transaction.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Image" WHERE "taskId" = ${taskId} FOR KEY SHARE`;
  if (images.length === 0)
    throw new AppError('INVALID_INPUT', 'This task has no images any more.', 'input.task');
  if (imageId !== null && !images.some(({ id }) => id === imageId))
    throw new AppError('NOT_FOUND', 'The task has no such image.', 'input.image');
}
