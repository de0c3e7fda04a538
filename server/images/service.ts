/** Pictures of a user: uploads and results, in storage and in the database. */
import { v7 as uuid } from 'uuid';
import { AppError } from '../errors.ts';
import type { Image, PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import type { UploadedFile } from '../lib/uploaded-file.ts';
import type { ReferenceImage } from '../providers/provider.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { pictureKeys } from './keys.ts';
import type { PictureProcessor } from './pictures/picture-processor.ts';
import type { ProcessedPicture } from './pictures/process.ts';

/** A stored picture whose row is written when its task settles. */
export type StoredImage = Omit<Image, 'taskId' | 'createdAt'>;

export type ImageService = ReturnType<typeof createImageService>;

interface Dependencies {
  prisma: PrismaClient;
  storage: ImageStorage;
  /** Resolves with the prefix of new keys once it is this installation's; see `own-prefix.ts`. */
  ownPrefix: () => Promise<string>;
  pictures: PictureProcessor;
  /** The signed address that saves an object under a file name. */
  downloadUrl: (key: string, fileName: string) => string;
  maxUploadBytes: number;
  /** How many bytes of images one user may have when another upload is accepted. */
  maxStoredBytes: number;
  log: Log;
}

export function createImageService(dependencies: Dependencies) {
  const { prisma, storage, ownPrefix, pictures, maxUploadBytes, maxStoredBytes, log } = dependencies;

  /** Deletes the stored objects. Those that cannot be deleted are logged and left to the sweep. @returns their number */
  const discard = async (images: Pick<Image, 'storageKey' | 'thumbnailKey'>[]): Promise<number> => {
    const keys = images.flatMap((image) => [image.storageKey, image.thumbnailKey]);
    const results = await Promise.allSettled(keys.map((key) => storage.delete(key)));
    const left = keys.filter((_, index) => results[index]?.status === 'rejected');
    if (left.length) log.warn({ keys: left }, 'could not delete from storage');
    return left.length;
  };

  const store = async (userId: string, picture: ProcessedPicture): Promise<StoredImage> => {
    const { bytes, thumbnail, extension, ...facts } = picture;
    const id = uuid();
    const { storageKey, thumbnailKey } = pictureKeys(await ownPrefix(), id, extension);
    const puts = await Promise.allSettled([
      storage.put(thumbnailKey, thumbnail, { contentType: 'image/webp' }),
      storage.put(storageKey, bytes, { contentType: facts.contentType }),
    ]);
    const fault = puts.find((put) => put.status === 'rejected');
    if (fault) {
      await discard([{ storageKey, thumbnailKey }]);
      throw fault.reason;
    }
    return { id, userId, position: 0, storageKey, thumbnailKey, byteSize: bytes.byteLength, ...facts };
  };

  const usedBytes = async (userId: string): Promise<number> =>
    Number((await prisma.storageUse.findUnique({ where: { userId } }))?.bytes ?? 0);

  /** Writes the row of an upload where the user has room for it, in one statement; null where there is none. */
  const insertWithinLimit = async (image: StoredImage): Promise<Image | null> => {
    const [byteSize, limit] = [BigInt(image.byteSize), BigInt(maxStoredBytes)];
    const [row] = await prisma.$queryRaw<{ createdAt: Date }[]>`
      WITH "room" AS (
        INSERT INTO "StorageUse" ("userId", "bytes") VALUES (${image.userId}, 0)
        ON CONFLICT ("userId") DO UPDATE SET "bytes" = "StorageUse"."bytes"
          WHERE "StorageUse"."bytes" + ${byteSize}::bigint <= ${limit}::bigint
        RETURNING "userId"
      )
      INSERT INTO "Image" ("id", "userId", "position", "storageKey", "thumbnailKey", "contentType", "byteSize", "width",
        "height", "thumbhash", "sha256")
      SELECT ${image.id}, "userId", ${image.position}::int, ${image.storageKey}, ${image.thumbnailKey},
        ${image.contentType}, ${image.byteSize}::int, ${image.width}::int, ${image.height}::int, ${image.thumbhash},
        ${image.sha256}
      FROM "room" WHERE ${byteSize}::bigint <= ${limit}::bigint RETURNING "createdAt"`;
    return row ? { ...image, taskId: null, createdAt: row.createdAt } : null;
  };

  return {
    discard,

    /**
     * Stores an upload, re-encoded and without its metadata.
     * @throws {AppError} UPLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE, STORAGE_FULL; RATE_LIMITED where too many
     * uploads wait
     * @throws the signal's reason, where it aborts before anything is stored
     */
    async upload(userId: string, file: UploadedFile, signal?: AbortSignal): Promise<Image> {
      if (file.size > maxUploadBytes) throw tooLarge(maxUploadBytes);
      // Before the work of decoding; what counts is the check at the end.
      if ((await usedBytes(userId)) >= maxStoredBytes) throw storageFull(maxStoredBytes);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const picture = await pictures.cleanUpload(bytes, { userId, ...(signal && { signal }) });
      signal?.throwIfAborted();
      const kept = await store(userId, picture);
      // Where this fails, the row may have been written all the same; what has none is swept later.
      const image = await insertWithinLimit(kept);
      if (image) return image;
      await discard([kept]);
      throw storageFull(maxStoredBytes);
    },

    /**
     * Removes an image of the user's, an upload or a result, from storage too. Tasks that name it as a reference keep
     * their record without it; one that has not been submitted yet fails with REFERENCE_UNUSABLE and is refunded.
     * @throws {AppError} NOT_FOUND
     */
    async remove(userId: string, id: string): Promise<void> {
      // The task's row is locked first, as it is where a task is deleted with its images.
      const [removed] = await prisma.$queryRaw<Pick<Image, 'storageKey' | 'thumbnailKey'>[]>`
        WITH "task" AS (
          SELECT "id" FROM "Task"
          WHERE "id" = (SELECT "taskId" FROM "Image" WHERE "id" = ${id} AND "userId" = ${userId})
          FOR NO KEY UPDATE
        )
        DELETE FROM "Image" WHERE "id" = ${id} AND "userId" = ${userId} AND (SELECT count(*) FROM "task") >= 0
        RETURNING "storageKey", "thumbnailKey"`;
      if (!removed) throw new AppError('NOT_FOUND', 'There is no such image.', { field: 'id' });
      await discard([removed]);
    },

    /** Bytes of the user's images, and how many there may be; thumbnails are not counted. */
    async storageUse(userId: string): Promise<{ usedBytes: number; limitBytes: number }> {
      return { usedBytes: await usedBytes(userId), limitBytes: maxStoredBytes };
    },

    /**
     * Prepares a provider's picture for storage: unchanged, with the mark of AI-made media.
     * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE where the bytes are no picture
     */
    prepare: (userId: string, bytes: Uint8Array): Promise<ProcessedPicture> =>
      pictures.prepareResult(bytes, { userId }),

    /** Stores a picture that was prepared. Rejects where storage does not take it; it may then be stored again. */
    store,

    /** The user's images in the order of the ids; null in the place of one that is not there. */
    async findOwn(userId: string, ids: string[]): Promise<(Image | null)[]> {
      if (ids.length === 0) return [];
      const found = await prisma.image.findMany({ where: { userId, id: { in: ids } } });
      return ids.map((id) => found.find((image) => image.id === id) ?? null);
    },

    /** The picture's bytes; null where storage has them no more. */
    async read(image: Image): Promise<ReferenceImage | null> {
      try {
        return { bytes: await storage.get(image.storageKey), contentType: image.contentType };
      } catch (error) {
        if (error instanceof ObjectNotFound) return null;
        throw error;
      }
    },

    /** A signed address, valid for at least 15 minutes. */
    url: (image: Image) => storage.url(image.storageKey),
    thumbnailUrl: (image: Image) => storage.url(image.thumbnailKey),
    /** Like `url`, with a file name for the download that shows the day and sorts by time. */
    downloadUrl: (image: Image) => dependencies.downloadUrl(image.storageKey, fileName(image)),
  };
}

/** The refusal of a file above the limit. */
export function tooLarge(maxUploadBytes: number): AppError {
  return new AppError('UPLOAD_TOO_LARGE', `Each image can be up to ${megabytes(maxUploadBytes)} MB.`, {
    field: 'file',
  });
}

function storageFull(maxStoredBytes: number): AppError {
  return new AppError(
    'STORAGE_FULL',
    `Your images can take up to ${megabytes(maxStoredBytes)} MB, and this one does not fit. Delete images or tasks that you no longer need, then upload it again.`,
    { field: 'file' },
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 102.4) / 10;
}

function fileName({ createdAt, id, storageKey }: Image): string {
  const extension = storageKey.slice(storageKey.lastIndexOf('.') + 1);
  return `proofsheet-${createdAt.toISOString().slice(0, 10)}-${id.slice(-6)}.${extension}`;
}
