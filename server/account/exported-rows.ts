/** The rows of a user that an export contains, read a page at a time, so that any number of them fits in memory. */
import type { PrismaClient } from '../generated/prisma/client.ts';

/** Rows that are in memory at a time. */
const pageSize = 200;

export function createExportedRows(prisma: PrismaClient) {
  const after = (id: string | undefined) => (id === undefined ? {} : { id: { gt: id } });
  return {
    account: (id: string) =>
      prisma.user.findUnique({
        where: { id },
        select: { name: true, email: true, emailVerified: true, createdAt: true, credits: true },
      }),

    tasks: (userId: string) =>
      pages(async (last) => {
        const rows = await prisma.task.findMany({
          where: { userId, ...after(last) },
          orderBy: { id: 'asc' },
          take: pageSize,
          select: taskColumns,
        });
        // As the API calls them.
        return rows.map(({ deletedImages: removedImages, images, ...task }) => ({
          ...task,
          images: images.map(({ id, isFavorite: favorite }) => ({ id, favorite })),
          removedImages,
        }));
      }),

    /** In the order in which the balance moved. */
    ledger: (userId: string) =>
      pages((last) =>
        prisma.creditEntry.findMany({
          where: { userId },
          orderBy: { number: 'asc' },
          take: pageSize,
          ...(last && { cursor: { id: last }, skip: 1 }),
          select: entryColumns,
        }),
      ),

    shareLinks: (userId: string) =>
      pages((last) =>
        prisma.shareLink.findMany({
          where: { userId, ...after(last) },
          orderBy: { id: 'asc' },
          take: pageSize,
          select: {
            id: true,
            token: true,
            taskId: true,
            imageId: true,
            includesPrompt: true,
            createdAt: true,
          },
        }),
      ),

    images: (userId: string) =>
      pages((last) =>
        prisma.image.findMany({
          where: { userId, ...after(last) },
          orderBy: { id: 'asc' },
          take: pageSize,
          select: { id: true, storageKey: true, createdAt: true },
        }),
      ),
  };
}

const taskColumns = {
  id: true,
  createdAt: true,
  completedAt: true,
  status: true,
  scene: true,
  provider: true,
  model: true,
  prompt: true,
  options: true,
  providerOptions: true,
  parentId: true,
  costCredits: true,
  refundedCredits: true,
  failureCode: true,
  deletedImages: true,
  imagesExpiredAt: true,
  images: { select: { id: true, isFavorite: true }, orderBy: { position: 'asc' } },
  referenceImages: { select: { imageId: true }, orderBy: { position: 'asc' } },
} as const;

const entryColumns = {
  id: true,
  createdAt: true,
  kind: true,
  amount: true,
  balanceAfter: true,
  reason: true,
  taskId: true,
} as const;

/** Every row, a page at a time. */
async function* pages<Row extends { id: string }>(read: (after: string | undefined) => Promise<Row[]>) {
  let after: string | undefined;
  for (;;) {
    const page = await read(after);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.id;
  }
}
