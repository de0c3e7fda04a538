/** Pictures of a user: uploads, imports and results, in storage and in the database. */
import { AppError } from '../lib/errors.ts';
import type { Image } from '../generated/prisma/client.ts';
import type { UploadedFile } from '../lib/uploaded-file.ts';
import type { PictureProcessor } from './pictures/picture-processor.ts';
import type { PictureSource } from './pictures/picture-source.ts';
import type { ProcessedPicture } from './pictures/transform.ts';
import { createImageRows, type ImageRowsDependencies } from './rows.ts';
import { createStoredFiles, type StoredFilesDependencies } from './stored-files.ts';

export type ImageService = ReturnType<typeof createImageService>;

interface Dependencies extends StoredFilesDependencies, ImageRowsDependencies {
  pictures: PictureProcessor;
  /** The signed address that saves an object under a file name. */
  downloadUrl: (key: string, fileName: string) => string;
  maxUploadBytes: number;
}

interface AddOptions {
  userId: string;
  isImported: boolean;
  signal: AbortSignal | undefined;
}

export function createImageService(dependencies: Dependencies) {
  const { storage, pictures, maxUploadBytes, maxStoredBytes } = dependencies;
  const files = createStoredFiles(dependencies);
  const rows = createImageRows(dependencies);

  /**
   * Reads a picture from outside and stores it, re-encoded and without its metadata.
   * @throws {AppError} UPLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE, STORAGE_FULL; RATE_LIMITED where too many
   * uploads wait
   * @throws the signal's reason, where it aborts before anything is stored
   */
  async function add(read: () => Promise<PictureSource>, options: AddOptions): Promise<Image> {
    const { userId, isImported, signal } = options;
    // Saves the work of reading and decoding; the check at the end decides.
    if ((await rows.usedBytes(userId)) >= maxStoredBytes) throw storageFull(maxStoredBytes);
    const picture = await pictures.cleanUpload(await read(), { userId, ...(signal && { signal }) });
    signal?.throwIfAborted();
    const stored = await files.store(userId, picture);
    // Where this fails, the row may have been written all the same; the sweep deletes files without a row.
    const image = await rows.insertWithinLimit({ ...stored, isImported });
    if (image) return image;
    await files.discard([stored]);
    throw storageFull(maxStoredBytes);
  }

  return {
    ...files,
    findOwn: rows.findOwn,

    add,

    /** Stores an upload. @throws as `add` */
    async upload(userId: string, file: UploadedFile, signal?: AbortSignal): Promise<Image> {
      if (file.size > maxUploadBytes) throw uploadTooLarge(maxUploadBytes);
      const { path } = file;
      const read = async () => (path === undefined ? new Uint8Array(await file.arrayBuffer()) : { path });
      return add(read, { userId, isImported: false, signal });
    },

    /**
     * Removes an image of the user's from storage too. Tasks that use it as a reference remain
     * without it; one that has not been submitted yet fails with REFERENCE_UNUSABLE and is refunded.
     * @throws {AppError} NOT_FOUND
     */
    async remove(userId: string, id: string): Promise<void> {
      const removed = await rows.remove(userId, id);
      if (!removed) throw noSuchImage();
      await files.discard([removed]);
    },

    /** Marks an image of the user's as a favorite, or no longer. @throws {AppError} NOT_FOUND */
    async setFavorite(userId: string, id: string, isFavorite: boolean): Promise<Image> {
      const image = await rows.setFavorite(userId, id, isFavorite);
      if (!image) throw noSuchImage();
      return image;
    },

    /** Bytes of the user's images, and how many there may be; thumbnails are not counted. */
    async storageUse(userId: string): Promise<{ usedBytes: number; limitBytes: number }> {
      return { usedBytes: await rows.usedBytes(userId), limitBytes: maxStoredBytes };
    },

    /**
     * Prepares a provider's picture for storage: unchanged, with the mark of AI-made media.
     * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE where the bytes are no picture
     */
    prepare: (userId: string, bytes: Uint8Array): Promise<ProcessedPicture> =>
      pictures.prepareResult(bytes, { userId }),

    /** A signed address (`storage/url-window.ts`). */
    url: (image: Image) => storage.url(image.storageKey),
    thumbnailUrl: (image: Image) => storage.url(image.thumbnailKey),
    /** Like `url`, with a file name for the download that shows the day and sorts by time. */
    downloadUrl: (image: Image) => dependencies.downloadUrl(image.storageKey, fileName(image)),
  };
}

/** The refusal of a picture of more bytes. */
export function uploadTooLarge(maxUploadBytes: number): AppError {
  const message = `Each image can be up to ${megabytes(maxUploadBytes)} MB.`;
  return new AppError('UPLOAD_TOO_LARGE', message, 'file', { maxBytes: maxUploadBytes });
}

const noSuchImage = () => new AppError('NOT_FOUND', 'There is no such image.', 'id');

function storageFull(maxStoredBytes: number): AppError {
  return new AppError(
    'STORAGE_FULL',
    `Your images can take up to ${megabytes(maxStoredBytes)} MB, and this one does not fit. Delete images or tasks that you no longer need, then try again.`,
    'file',
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 102.4) / 10;
}

function fileName({ createdAt, id, storageKey }: Image): string {
  const extension = storageKey.slice(storageKey.lastIndexOf('.') + 1);
  return `proofsheet-${createdAt.toISOString().slice(0, 10)}-${id.slice(-6)}.${extension}`;
}
