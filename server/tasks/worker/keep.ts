/** Copies a provider's pictures into storage before the provider deletes them. */
import type { ImageService, KeptImage } from '../../images/service.ts';
import { type GeneratedImage, GenerationError, type GenerationFailure } from '../../providers/provider.ts';
import { AppError } from '../../errors.ts';
import { type ByteBudget, createByteBudget } from '../../lib/byte-budget.ts';
import type { Log } from '../../lib/log.ts';
import { sleep } from '../../lib/sleep.ts';
import { optionsOf } from '../task.ts';
import type { Lease } from './lease.ts';

/** What was kept; or why nothing could be; or that it is worth coming back for. */
export type KeepOutcome = { kept: KeptImage[] } | { failure: GenerationFailure } | { later: true };

// Memory belongs to the process, so its bound does too. A picture is held until it is stored; while it is assembled and
// marked there are two copies of it, so results take up to twice this.
const resultBytes = createByteBudget(128 * 1024 * 1024);

interface KeepOptions {
  images: Pick<ImageService, 'prepare' | 'keep' | 'discard'>;
  /** Whether a later turn, of any node, can get the pictures from the provider again. */
  isElsewhere: boolean;
  log: Pick<Log, 'error'>;
  budget?: ByteBudget;
}

/** Keeps as many of the pictures as were asked for. One that cannot be had costs only itself. */
export async function keepImages(
  generated: GeneratedImage[],
  lease: Lease,
  { images, isElsewhere, log, budget = resultBytes }: KeepOptions,
): Promise<KeepOutcome> {
  const { task } = lease;
  // What another node can have again is not waited for where this one stops.
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
        return await persist(() => images.keep(task.userId, picture), lease, ending);
      } finally {
        share.release();
      }
    }),
  );
  const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const faults = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const codes = faults.map(codeOf);
  const bug = faults.find((_, index) => codes[index] === undefined);

  const goOn = isElsewhere && codes.includes('PROVIDER_UNAVAILABLE');
  if (bug !== undefined || goOn) {
    await images.discard(kept);
    if (goOn) return { later: true };
    throw bug;
  }
  const [code] = codes;
  if (kept.length === 0 && code) return { failure: { code } };
  return { kept: kept.map((image, position) => ({ ...image, position })) };
}

function codeOf(fault: unknown) {
  if (fault instanceof GenerationError) return fault.code;
  // The bytes are no picture that we know.
  if (fault instanceof AppError) return 'PROVIDER_BAD_RESPONSE' as const;
  return undefined;
}

const maxPreparations = 3;

/**
 * A process that works on a picture may be ended by the machine; one that ends again is ended by the picture.
 * @throws {GenerationError} INTERNAL then, so that it costs that picture only and is not had again to end the next ones
 * @throws what the work does, where `ending` has aborted: a node that stops ends its processes
 */
async function prepare<T>(
  work: () => Promise<T>,
  ending: AbortSignal,
  onGivingUp: (error: unknown) => void,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || ending.aborted) throw error;
      if (attempt < maxPreparations) continue;
      onGivingUp(error);
      throw new GenerationError('INTERNAL', { cause: error });
    }
  }
}

/** Left of a task's time when storage is no longer waited for, so that the task can end with the right cause. */
const givingUpMs = 2_000;
const firstPauseMs = 250;
const longestPauseMs = 2_000;

/**
 * The picture may be the only copy, so it is held while storage is away, until the deadline is near.
 * @throws {GenerationError} INTERNAL then; what storage throws, where `ending` has aborted.
 */
async function persist<T>(store: () => Promise<T>, lease: Lease, ending: AbortSignal): Promise<T> {
  const leftMs = lease.leftMs();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // Storage was in time.
  const giveUp = () => late.reject(new GenerationError('INTERNAL'));
  const timer = setTimeout(giveUp, Math.max(leftMs / 2, leftMs - givingUpMs));
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
