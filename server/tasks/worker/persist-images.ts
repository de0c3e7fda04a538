/** Copies a provider's pictures into storage before the provider deletes them. */
import type { ImageService } from '../../images/service.ts';
import type { StoredImage } from '../../images/stored-files.ts';
import { type GeneratedImage, GenerationError, type GenerationFailure } from '../../providers/provider.ts';
import { AppError } from '../../lib/errors.ts';
import { type ByteBudget, createByteBudget } from '../../lib/byte-budget.ts';
import type { Log } from '../../lib/log.ts';
import { sleep } from '../../lib/sleep.ts';
import { optionsOf } from '../task.ts';
import type { Lease } from './lease.ts';

/** The stored images; or why none could be stored; or that a later step may get them. */
export type PersistOutcome = { images: StoredImage[] } | { failure: GenerationFailure } | { later: true };

// Memory belongs to the process, so its bound does too. A picture is held until it is stored; while it is assembled and
// marked there are two copies of it, so results take up to twice this.
const resultBytes = createByteBudget(128 * 1024 * 1024);

interface PersistOptions {
  images: Pick<ImageService, 'prepare' | 'store' | 'discard'>;
  /** Whether a later step, on any node, can get the pictures from the provider again. */
  isElsewhere: boolean;
  log: Pick<Log, 'error'>;
  budget?: ByteBudget;
}

/** Stores as many of the pictures as were requested. A picture that fails does not affect the others. */
export async function persistImages(
  generated: GeneratedImage[],
  lease: Lease,
  { images, isElsewhere, log, budget = resultBytes }: PersistOptions,
): Promise<PersistOutcome> {
  const { task } = lease;
  // A stopping node does not wait for pictures that another node can get again.
  const ending = isElsewhere ? AbortSignal.any([lease.signal, lease.stopping]) : lease.signal;
  const wanted = generated.slice(0, optionsOf(task).count);
  const results = await Promise.allSettled(
    wanted.map(async (image) => {
      const { signal } = lease;
      const share = budget.open();
      try {
        const bytes = await image.read({ signal, reserve: (size) => share.resize(size, { signal }) });
        await share.resize(bytes.byteLength, { signal });
        const picture = await prepare(
          () => images.prepare(task.userId, bytes),
          ending,
          (error) => log.error({ taskId: task.id, error }, 'a picture ended each process that worked on it'),
        );
        return await storeUntilDeadline(() => images.store(task.userId, picture), lease, ending);
      } finally {
        share.release();
      }
    }),
  );
  const stored = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const faults = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const codes = faults.map(codeOf);
  const bug = faults.find((_, index) => codes[index] === undefined);

  const goOn = isElsewhere && codes.includes('PROVIDER_UNAVAILABLE');
  if (bug !== undefined || goOn) {
    await images.discard(stored);
    if (goOn) return { later: true };
    throw bug;
  }
  const [code] = codes;
  if (stored.length === 0 && code) return { failure: { code } };
  return { images: stored.map((image, position) => ({ ...image, position })) };
}

function codeOf(fault: unknown) {
  if (fault instanceof GenerationError) return fault.code;
  // The bytes are no picture that we know.
  if (fault instanceof AppError) return 'PROVIDER_BAD_RESPONSE' as const;
  return undefined;
}

const maxPreparations = 3;

/**
 * Prepares the picture, again where its process was killed: once may be the machine, three times is the picture.
 * @throws {GenerationError} INTERNAL then, so that only that picture fails and no later step kills more processes
 * @throws what the work throws, where `ending` has aborted: a stopping node ends its picture processes
 */
async function prepare<T>(
  work: () => Promise<T>,
  ending: AbortSignal,
  onGivingUp: (error: unknown) => void,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || ending.aborted) throw error;
      if (tries < maxPreparations) continue;
      onGivingUp(error);
      throw new GenerationError('INTERNAL', { cause: error });
    }
  }
}

/** How long before the deadline waiting for storage ends, so that the task can end with the right cause. */
const givingUpMs = 2_000;
const firstPauseMs = 250;
const longestPauseMs = 2_000;

/**
 * The picture may be the only copy, so it is held in memory while storage is down, until the deadline is near.
 * @throws {GenerationError} INTERNAL then; what storage throws, where `ending` has aborted.
 */
async function storeUntilDeadline<T>(store: () => Promise<T>, lease: Lease, ending: AbortSignal): Promise<T> {
  const leftMs = lease.leftMs();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // Storage was in time.
  const giveUp = () => late.reject(new GenerationError('INTERNAL'));
  const timer = setTimeout(giveUp, Math.max(0, leftMs / 2, leftMs - givingUpMs));
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return await Promise.race([store(), late.promise]);
      } catch (error) {
        if (error instanceof AppError || error instanceof GenerationError || ending.aborted) throw error;
        await Promise.race([sleep(pauseMs, ending), late.promise]);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
