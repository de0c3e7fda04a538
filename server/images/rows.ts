/** The rows of images, and how many bytes a user may store. */
import type { Image, PrismaClient } from '../generated/prisma/client.ts';
import type { StoredImage } from './stored-files.ts';

export interface ImageRowsDependencies {
  prisma: PrismaClient;
  /** How many bytes of images one user may have when another upload or import is accepted. */
  maxStoredBytes: number;
}

export function createImageRows({ prisma, maxStoredBytes }: ImageRowsDependencies) {
  return {
    usedBytes: async (userId: string): Promise<number> =>
      Number((await prisma.storageUse.findUnique({ where: { userId } }))?.bytes ?? 0),

    /** Writes the row of an upload or import where the user has room for it, in one statement; null where there is none. */
    async insertWithinLimit(image: StoredImage & Pick<Image, 'isImported'>): Promise<Image | null> {
      const [byteSize, limit] = [BigInt(image.byteSize), BigInt(maxStoredBytes)];
      const [row] = await prisma.$queryRaw<{ createdAt: Date }[]>`
        WITH "room" AS (
          INSERT INTO "StorageUse" ("userId", "bytes") VALUES (${image.userId}, 0)
          ON CONFLICT ("userId") DO UPDATE SET "bytes" = "StorageUse"."bytes"
            WHERE "StorageUse"."bytes" + ${byteSize}::bigint <= ${limit}::bigint
          RETURNING "userId"
        )
        INSERT INTO "Image" ("id", "userId", "position", "storageKey", "thumbnailKey", "contentType", "byteSize", "width",
          "height", "thumbhash", "sha256", "isImported")
        SELECT ${image.id}, "userId", ${image.position}::int, ${image.storageKey}, ${image.thumbnailKey},
          ${image.contentType}, ${image.byteSize}::int, ${image.width}::int, ${image.height}::int, ${image.thumbhash},
          ${image.sha256}, ${image.isImported}::boolean
        FROM "room" WHERE ${byteSize}::bigint <= ${limit}::bigint RETURNING "createdAt"`;
      return row ? { ...image, taskId: null, isFavorite: false, createdAt: row.createdAt } : null;
    },

    /** Deletes the user's row; its keys, or undefined where the user has no such image. */
    async remove(
      userId: string,
      id: string,
    ): Promise<Pick<Image, 'storageKey' | 'thumbnailKey'> | undefined> {
      // Locks the task's row first, in the same order as the deletion of a task with its images.
      const [removed] = await prisma.$queryRaw<Pick<Image, 'storageKey' | 'thumbnailKey'>[]>`
        WITH "task" AS (
          SELECT "id" FROM "Task"
          WHERE "id" = (SELECT "taskId" FROM "Image" WHERE "id" = ${id} AND "userId" = ${userId})
          FOR NO KEY UPDATE
        )
        DELETE FROM "Image" WHERE "id" = ${id} AND "userId" = ${userId} AND (SELECT count(*) FROM "task") >= 0
        RETURNING "storageKey", "thumbnailKey"`;
      return removed;
    },

    /** The user's image as it is then; undefined where the user has no such image. */
    async setFavorite(userId: string, id: string, isFavorite: boolean): Promise<Image | undefined> {
      const [image] = await prisma.image.updateManyAndReturn({
        where: { id, userId },
        data: { isFavorite },
      });
      return image;
    },

    /** The user's images in the order of the ids; null in the place of one that is not there. */
    async findOwn(userId: string, ids: string[]): Promise<(Image | null)[]> {
      if (ids.length === 0) return [];
      const found = await prisma.image.findMany({ where: { userId, id: { in: ids } } });
      return ids.map((id) => found.find((image) => image.id === id) ?? null);
    },
  };
}
