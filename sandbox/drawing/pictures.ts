import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { DrawingRequest } from './draw-picture.ts';
import type { Size } from './raster.ts';
import type { DrawingResult } from './worker.ts';

export interface PictureOrder extends Omit<DrawingRequest, 'format'> {
  format: 'jpg' | 'png' | 'webp';
  /** A few patches of colour instead of a drawing: made immediately, for load tests. */
  isPlain: boolean;
}

export type Pictures = ReturnType<typeof createPictures>;

const patches = 4;
const threadEnded = 'The drawing thread has ended';

/** `isPlain` makes every picture a plain one. */
export function createPictures(options: { isPlain: boolean }) {
  let worker: Worker | undefined;
  let isClosed = false;
  let current = Promise.withResolvers<Buffer>();
  let previous: Promise<unknown> = Promise.resolve();

  function startWorker(): Worker {
    // Without this process's flags, some of which a thread refuses.
    const started = new Worker(new URL('./worker.ts', import.meta.url), { execArgv: [] });
    started.on('message', ({ picture, error }: DrawingResult) =>
      picture ? current.resolve(Buffer.from(picture)) : current.reject(error),
    );
    const end = (error: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      current.reject(error);
    };
    started.on('error', end);
    started.on('exit', () => end(new Error(threadEnded)));
    return started;
  }

  return {
    /**
     * Draws a picture of exactly the size and format asked for, the same one for the same order, in another thread, one
     * after the other. Rejects when `signal` aborts before its turn comes.
     */
    async draw({ isPlain, ...order }: PictureOrder, signal: AbortSignal): Promise<Buffer> {
      const request = { ...order, format: order.format === 'jpg' ? ('jpeg' as const) : order.format };
      if (isPlain || options.isPlain) return await drawPlain(request);
      const drawn = previous.then(() => {
        signal.throwIfAborted();
        if (isClosed) throw new Error(threadEnded);
        current = Promise.withResolvers();
        worker ??= startWorker();
        worker.postMessage(request satisfies DrawingRequest, []);
        return current.promise;
      });
      previous = drawn.catch(() => {});
      return await drawn;
    },
    /** Ends the thread that draws; pictures in work and those that wait reject. */
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}

async function drawPlain({ prompt, seed, width, height, format }: DrawingRequest): Promise<Buffer> {
  const colours = createHash('sha384').update(`${seed} ${prompt}`).digest();
  const { default: sharp } = await import('sharp');
  return await sharp(colours, { raw: { width: patches, height: patches, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .toFormat(format)
    .toBuffer();
}

/**
 * The size of a picture as it is looked at.
 * @throws {Error} where the bytes are no picture that can be decoded.
 */
export async function measure(picture: Uint8Array): Promise<Size> {
  const { default: sharp } = await import('sharp');
  const { autoOrient } = await sharp(picture).metadata();
  return { width: autoOrient.width, height: autoOrient.height };
}

/** Pixels for each aspect ratio at a model's basic size. */
export type SizeTable = Readonly<Record<string, readonly [width: number, height: number]>>;

/**
 * The pixels of an aspect ratio, `scale` times the basic size. One that the table lacks takes the shape of `reference`,
 * or is a square.
 */
export function pixelsFor(table: SizeTable, aspectRatio: string, scale: number, reference?: Size): Size {
  const basic = table[aspectRatio];
  if (!basic && reference) return pixelsLike(reference, table, scale);
  const [width, height] = basic ?? [1024, 1024];
  return { width: width * scale, height: height * scale };
}

/** Pixels of about the same area as the table's square in the shape of `reference`, within what the table spans. */
export function pixelsLike(reference: Size, table: SizeTable, scale: number): Size {
  const widest = Math.max(...Object.values(table).map(([width, height]) => width / height));
  const ratio = Math.min(widest, Math.max(1 / widest, reference.width / reference.height));
  const square = pixelsFor(table, '1:1', scale);
  const area = square.width * square.height;
  const toMultipleOf16 = (pixels: number) => Math.round(pixels / 16) * 16;
  return { width: toMultipleOf16(Math.sqrt(area * ratio)), height: toMultipleOf16(Math.sqrt(area / ratio)) };
}
