/** Copies a provider's pictures into storage before the provider deletes them. */
import type { ImageService, KeptImage } from '../../images/service.ts';
import { type GeneratedImage, GenerationError, type GenerationFailure } from '../../providers/provider.ts';
import { AppError } from '../../errors.ts';
import { sleep } from '../../lib/sleep.ts';
import { optionsOf } from '../task.ts';
import type { Lease } from './lease.ts';

/** What was kept; or why nothing could be; or that it is worth coming back for. */
export type KeepOutcome = { kept: KeptImage[] } | { failure: GenerationFailure } | { later: true };

/** Keeps as many of the pictures as were asked for. One that cannot be had costs only itself. */
export async function keepImages(
  generated: GeneratedImage[],
  lease: Lease,
  images: ImageService,
): Promise<KeepOutcome> {
  const { task } = lease;
  const wanted = generated.slice(0, optionsOf(task).count);
  const results = await Promise.allSettled(
    wanted.map(async (image) => {
      const bytes = await image.read({ signal: lease.signal });
      return persist(() => images.keep(task.userId, bytes), lease.signal);
    }),
  );
  const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const faults = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const codes = faults.map(codeOf);
  const bug = faults.find((_, index) => codes[index] === undefined);

  const goOn = task.operation !== null && codes.includes('PROVIDER_UNAVAILABLE');
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

/** The provider's bytes may be the only copy, so a storage that is away for a moment must not lose them. */
async function persist<T>(store: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store();
    } catch (error) {
      if (error instanceof AppError || attempt === 5 || signal.aborted) throw error;
      await sleep(250 * 2 ** attempt, signal);
    }
  }
}
