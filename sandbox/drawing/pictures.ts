import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { createDrawingThread } from './thread.ts';

export interface Dimensions {
  width: number;
  height: number;
}

export interface PictureOrder extends Dimensions {
  prompt: string;
  seed: number;
  /** The bytes of the pictures to start from. */
  references: Uint8Array[];
  format: 'jpg' | 'png' | 'webp';
  /** 0 to 100; the format's usual where absent. */
  quality?: number;
  /** A few patches of colour instead of a drawing: made immediately, for load tests. */
  isPlain: boolean;
}

export interface Pictures {
  /**
   * Draws a picture of exactly the size and format asked for, the same one for the same order.
   * Rejects when `signal` aborts before its turn comes.
   */
  draw(order: PictureOrder, signal: AbortSignal): Promise<Buffer>;
  /** Ends the thread that draws; pictures in work reject. */
  close(): Promise<void>;
}

const maxAtOnce = 2;
const patches = 4;
const encodings = { jpg: 'jpeg', png: 'png', webp: 'webp' } as const;

/** `isPlain` makes every picture a plain one. */
export function createPictures({ isPlain }: { isPlain: boolean }): Pictures {
  const thread = createDrawingThread();
  const waiting: (() => void)[] = [];
  let drawing = 0;

  async function drawNow(order: PictureOrder): Promise<Buffer> {
    if (isPlain || order.isPlain) return await drawPlain(order);
    const { format, quality, isPlain: _isPlain, ...rest } = order;
    return await thread.draw({
      ...rest,
      format: encodings[format],
      ...(quality !== undefined && { quality: Math.max(1, quality) }),
    });
  }

  return {
    async draw(order, signal) {
      while (drawing >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      // A waiter leaves only here and wakes the next one, so that none is lost.
      if (signal.aborted) {
        waiting.shift()?.();
        throw signal.reason;
      }
      drawing++;
      try {
        return await drawNow(order);
      } finally {
        drawing--;
        waiting.shift()?.();
      }
    },
    close: () => thread.close(),
  };
}

async function drawPlain({ prompt, seed, width, height, format }: PictureOrder): Promise<Buffer> {
  const colours = createHash('sha384').update(`${seed} ${prompt}`).digest();
  return await sharp(colours, { raw: { width: patches, height: patches, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .toFormat(encodings[format])
    .toBuffer();
}

/**
 * The size of a picture as it is looked at.
 * @throws {Error} where the bytes are no picture that can be decoded.
 */
export async function measure(picture: Uint8Array): Promise<Dimensions> {
  const { autoOrient } = await sharp(picture).metadata();
  return { width: autoOrient.width, height: autoOrient.height };
}

/** Pixels for each aspect ratio at a model's basic size. */
export type SizeTable = Readonly<Record<string, readonly [width: number, height: number]>>;

/** The pixels of an aspect ratio, `scale` times the basic size. */
export function pixelsFor(table: SizeTable, aspectRatio: string, scale: number): Dimensions {
  const [width, height] = table[aspectRatio] ?? [1024, 1024];
  return { width: width * scale, height: height * scale };
}

/** Pixels of about the same area as the table's square in the shape of `reference`, within what the table spans. */
export function pixelsLike(reference: Dimensions, table: SizeTable, scale: number): Dimensions {
  const widest = Math.max(...Object.values(table).map(([width, height]) => width / height));
  const ratio = Math.min(widest, Math.max(1 / widest, reference.width / reference.height));
  const square = pixelsFor(table, '1:1', scale);
  const area = square.width * square.height;
  return { width: toMultipleOf16(Math.sqrt(area * ratio)), height: toMultipleOf16(Math.sqrt(area / ratio)) };
}

function toMultipleOf16(pixels: number): number {
  return Math.max(16, Math.round(pixels / 16) * 16);
}
