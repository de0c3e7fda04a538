/** What both retentions share: one pass over old images, which reads each of them once, however many of them stay. */
import type { Image } from '../generated/prisma/client.ts';
import type { ImageService } from './service.ts';

export interface OldImage {
  id: string;
  /** Whether nothing needs it. It is looked at again when it is deleted. */
  isUnused: boolean;
}

/** Where its files are in storage. */
export type StoredKeys = Pick<Image, 'storageKey' | 'thumbnailKey'>;

interface Pass<Row extends OldImage> {
  /** The old images that follow that one, or the first of them, `pageSize` at most. */
  read: (after: Row | undefined) => Promise<Row[]>;
  /** Deletes the rows that nothing needs, and resolves with them; with undefined where another node is at it. */
  deleteRows: (rows: Row[]) => Promise<StoredKeys[] | undefined>;
  images: Pick<ImageService, 'discard'>;
  maxBatches?: number;
  signal?: AbortSignal | undefined;
}

/** Few enough for one statement to stay far below the database's time limit. */
export const pageSize = 1_000;

/**
 * Small: the orphans that a batch leaves while the storage is unavailable must stay far below the number at which the sweep
 * stops. The first batch probes the storage.
 */
const [firstBatchSize, batchSize] = [1, 20];

/**
 * Deletes old images that nothing needs. Ends early on the signal, after `maxBatches`, where another node is at it, and
 * where the storage does not delete one of them: the rest waits for the next pass.
 * @returns how many
 */
export async function deleteUnused<Row extends OldImage>(pass: Pass<Row>): Promise<number> {
  const { read, deleteRows, images, maxBatches = Infinity, signal } = pass;
  let [count, batches] = [0, 0];
  let page: Row[] | undefined;
  do {
    if (signal?.aborted) return count;
    page = await read(page?.at(-1));
    const unused = page.filter(({ isUnused }) => isUnused);
    while (unused.length > 0) {
      if (signal?.aborted || batches === maxBatches) return count;
      const deleted = await deleteRows(unused.splice(0, batches === 0 ? firstBatchSize : batchSize));
      if (!deleted) return count;
      batches += 1;
      count += deleted.length;
      if ((await images.discard(deleted)) > 0) return count;
    }
  } while (page.length === pageSize);
  return count;
}
