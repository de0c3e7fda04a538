import type { Readable } from 'node:stream';
import type { Image } from '../generated/prisma/client.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';

/** The picture as a file of a zip, named without its extension; undefined where it was deleted since its row was read. */
export async function zipEntryOf(
  storage: Pick<ImageStorage, 'open'>,
  { storageKey, createdAt }: Pick<Image, 'storageKey' | 'createdAt'>,
  name: string,
): Promise<{ name: string; input: Readable; lastModified: Date } | undefined> {
  try {
    const { bytes } = await storage.open(storageKey);
    const extension = storageKey.slice(storageKey.lastIndexOf('.'));
    return { name: name + extension, input: bytes, lastModified: createdAt };
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
