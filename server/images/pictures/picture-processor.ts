/** Transforms pictures: users take turns, and each picture has a process of its own. */
import { AppError } from '../../lib/errors.ts';
import { createFairQueue, QueueFull } from '../../lib/fair-queue.ts';
import { acceptedContentType, type ReadableContentType, resultTypes, uploadTypes } from './content-type.ts';
import { withReader } from './header-reader.ts';
import type { PictureSource } from './picture-source.ts';
import { type PictureSize, readPictureSize } from './picture-size.ts';
import { damaged } from './refusals.ts';
import { createProcessPool } from './process-pool.ts';
import type { PictureJob } from './child-process.ts';
import type { ProcessedPicture } from './transform.ts';

export type PictureProcessor = ReturnType<typeof createPictureProcessor>;

/** A picture of ordinary size takes a fraction of a second, the largest 4 s. */
const retryAfterSeconds = 10;

const accepted = { cleanUpload: uploadTypes, prepareResult: resultTypes };

const processes = 3;
/**
 * Weights are megapixels as they lie in memory while they are worked on; the capacity is one of the largest pictures and
 * two small ones. One slot is reserved for results, one for uploads, and no user has two uploads in work, so that the
 * first upload of another user starts immediately.
 */
const limits = {
  slots: processes,
  capacity: 44,
  smallWeight: 2,
  lanes: {
    results: { slots: 2 },
    uploads: { slots: 2, slotsPerUser: 1, maxWaiting: 64, maxWaitingPerUser: 16 },
  },
};

/** Its queue bounds the memory of the machine: one for each server. */
export function createPictureProcessor() {
  const queue = createFairQueue(limits);
  const pool = createProcessPool(processes);

  async function run(
    work: PictureJob['work'],
    source: PictureSource,
    { lane, userId: user, signal }: { lane: keyof typeof limits.lanes; userId: string; signal?: AbortSignal },
  ): Promise<ProcessedPicture> {
    const weight = await readWeight(source, accepted[work]);
    try {
      return await queue.run(() => pool.run(work, source), { lane, user, weight, signal });
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      const message = 'Too many images are waiting. Nothing was stored: try again soon.';
      throw new AppError('RATE_LIMITED', message, 'file', { retryAfterSeconds });
    }
  }

  return {
    /**
     * An upload made safe to store and show; see `transform.ts`.
     * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UPLOAD_TOO_LARGE, UNREADABLE_IMAGE; RATE_LIMITED where too many uploads
     * wait already
     * @throws the signal's reason, where it aborts before the work has started
     */
    cleanUpload: (source: PictureSource, options: { userId: string; signal?: AbortSignal }) =>
      run('cleanUpload', source, { lane: 'uploads', ...options }),
    /**
     * A provider's picture, verified and marked; see `transform.ts`. The worker bounds how many wait, so none is refused.
     * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UPLOAD_TOO_LARGE, UNREADABLE_IMAGE
     */
    prepareResult: (bytes: Uint8Array, options: { userId: string }) =>
      run('prepareResult', bytes, { lane: 'results', ...options }),
    /** Ends the processes; pictures in work fail. */
    close: () => pool.close(),
  };
}

/** @throws {AppError} UNSUPPORTED_MEDIA_TYPE; UNREADABLE_IMAGE where the header has no size */
async function readWeight(source: PictureSource, types: readonly ReadableContentType[]): Promise<number> {
  return withReader(source, async (readAt) => {
    const contentType = acceptedContentType(await readAt(0, 256), types);
    const size = await readPictureSize(contentType, readAt);
    if (!size) throw damaged();
    return weightOf(contentType, size);
  });
}

function weightOf(contentType: ReadableContentType, { width, height, isDeep }: PictureSize): number {
  // The decoder holds an AVIF's planes in memory as well as its pixels.
  const factor = (contentType === 'image/avif' ? 2 : 1) * (isDeep ? 2 : 1);
  return ((width * height) / 1_000_000) * factor;
}
