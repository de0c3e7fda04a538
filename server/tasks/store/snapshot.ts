/** The snapshot of a task: what reads return and events carry. */
import type { Image, Task } from '../../generated/prisma/client.ts';

/** A task with its images, so that a subscriber needs no query. */
export interface TaskSnapshot extends Task {
  images: Image[];
  referenceImages: { position: number; image: Image | null }[];
}

/** The relations of a snapshot, for Prisma's `include`. */
export const snapshotInclude = {
  images: { orderBy: { position: 'asc' } },
  referenceImages: { orderBy: { position: 'asc' }, select: { position: true, image: true } },
} as const;
