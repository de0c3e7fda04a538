/** Imports pictures from addresses that users name, a few at a time. */
import { ChunksTooSmall } from '../lib/chunk-limit.ts';
import { AppError } from '../lib/errors.ts';
import { createFairQueue, QueueFull } from '../lib/fair-queue.ts';
import { BlockedAddress, type GuardedFetch } from '../lib/guarded-fetch.ts';
import { BodyTooLong } from '../lib/read-bounded.ts';
import type { Image } from '../generated/prisma/client.ts';
import { type ImageService, uploadTooLarge } from './service.ts';

export type Importer = ReturnType<typeof createImporter>;

interface Dependencies {
  images: Pick<ImageService, 'add'>;
  fetch: GuardedFetch;
  maxUploadBytes: number;
  /** For one address, its redirects included. Default 20 s. */
  timeoutMs?: number;
}

interface ImportOptions {
  userId: string;
  /** Aborts when the client no longer waits. */
  signal?: AbortSignal | undefined;
}

/** Signed addresses of object stores have up to 3,000 characters. */
const maxAddressCharacters = 8_192;
const retryAfterSeconds = 20;

const concurrentImports = 32;
/** A server that never answers keeps a slot for 20 s, so that nothing waits for longer than a minute behind the user's own. */
const limits = {
  slots: concurrentImports,
  capacity: concurrentImports,
  smallWeight: 1,
  lanes: {
    imports: { slots: concurrentImports, slotsPerUser: 4, maxWaiting: 256, maxWaitingPerUser: 8 },
  },
};

/** Its queue bounds the imports of the machine: one for each server. */
export function createImporter({ images, fetch, maxUploadBytes, timeoutMs = 20_000 }: Dependencies) {
  const queue = createFairQueue(limits);

  async function read(address: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (address.length > maxAddressCharacters)
      throw unusable(`An address can have up to ${maxAddressCharacters} characters.`);
    const timeout = AbortSignal.timeout(timeoutMs);
    const limit = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const fetched = fetch(address, { signal: limit, maxBytes: maxUploadBytes });
    const { status, bytes } = await fetched.catch((error: unknown) => {
      signal?.throwIfAborted();
      if (timeout.aborted)
        throw unusable(`The server of this address did not send the image within ${timeoutMs / 1000} s.`);
      throw refusalOf(error, maxUploadBytes);
    });
    if (status < 200 || status >= 300)
      throw unusable(`The server of this address answered with status ${status}.`);
    return bytes;
  }

  return {
    /**
     * Fetches the picture at an address when the user's turn comes, and stores it like an upload.
     * @throws {AppError} for the field `url`: INVALID_INPUT where the address may not be fetched or gives no picture;
     * RATE_LIMITED where too many imports wait; as `ImageService.add`
     * @throws the signal's reason, where it aborts before anything is stored
     */
    async importFrom(address: string, { userId, signal }: ImportOptions): Promise<Image> {
      const add = () => images.add(() => read(address, signal), { userId, isImported: true, signal });
      try {
        return await queue.run(add, { lane: 'imports', user: userId, weight: 1, signal });
      } catch (error) {
        if (error instanceof QueueFull) {
          const message = 'Too many imports are waiting. Nothing was stored: try again soon.';
          throw new AppError('RATE_LIMITED', message, 'url', { retryAfterSeconds });
        }
        if (!(error instanceof AppError)) throw error;
        throw new AppError(error.code, error.message, 'url', error.figures);
      }
    },
  };
}

function unusable(message: string): AppError {
  return new AppError('INVALID_INPUT', message, 'url');
}

/** The refusal of what a fetch failed for; the error itself where it is none of the address. */
function refusalOf(error: unknown, maxUploadBytes: number): unknown {
  if (error instanceof BodyTooLong) return uploadTooLarge(maxUploadBytes);
  if (error instanceof ChunksTooSmall)
    return unusable('The server of this address sends the image in chunks that are too small.');
  if (error instanceof BlockedAddress && error.reason === 'TOO_MANY_REDIRECTS')
    return unusable('This address leads to too many redirects.');
  const { code, syscall = '' } = error as NodeJS.ErrnoException;
  // An unknown name is refused like a private one, so that the message does not tell which names a private network has.
  if (error instanceof BlockedAddress || syscall.startsWith('query'))
    return unusable(
      'Only public http and https addresses can be imported, on their usual ports and without a password.',
    );
  if (code === undefined) return error;
  return unusable('The server of this address could not be reached, or broke off.');
}
