/** The files of images in storage: a picture and its thumbnail. */
import { v7 as uuid } from 'uuid';
import type { Image } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import type { ReferenceImage } from '../providers/provider.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { pictureKeys } from './keys.ts';
import type { ProcessedPicture } from './pictures/transform.ts';

/** A stored picture whose row is written when its task settles. */
export type StoredImage = Omit<Image, 'taskId' | 'createdAt' | 'isImported' | 'isFavorite'>;

export interface StoredFilesDependencies {
  storage: ImageStorage;
  /** Resolves with the prefix of new keys once it is this installation's; see `storage-prefix.ts`. */
  ownPrefix: () => Promise<string>;
  log: Log;
}

export function createStoredFiles({ storage, ownPrefix, log }: StoredFilesDependencies) {
  /** Deletes the stored objects. Objects that cannot be deleted are logged and left to the sweep. @returns their number */
  const discard = async (images: Pick<Image, 'storageKey' | 'thumbnailKey'>[]): Promise<number> => {
    const keys = images.flatMap((image) => [image.storageKey, image.thumbnailKey]);
    const results = await Promise.allSettled(keys.map((key) => storage.delete(key)));
    const left = keys.filter((_, index) => results[index]?.status === 'rejected');
    if (left.length) log.warn({ keys: left }, 'could not delete from storage');
    return left.length;
  };

  return {
    discard,

    /** Stores a picture that was prepared. Rejects where storage does not take it; it may then be stored again. */
    async store(userId: string, picture: ProcessedPicture): Promise<StoredImage> {
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
    },

    /** The picture's bytes; null where they are no longer in storage. */
    async read(image: Image): Promise<ReferenceImage | null> {
      try {
        return { bytes: await storage.get(image.storageKey), contentType: image.contentType };
      } catch (error) {
        if (error instanceof ObjectNotFound) return null;
        throw error;
      }
    },
  };
}
