import sharp from 'sharp';
import { fromSharp, toSharp } from '../base/raster.ts';
import { svgDocument, type Raster, type Stage } from '../base/stage.ts';

/** Prints beyond these are not shown: they would be too small to tell apart. */
const MOST_PRINTS = 4;
const MARGIN = '#f4efe6';

interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The first reference over the whole frame; a second as its other half or as a print on it; more as a row of prints. */
export async function arrangeReferences(references: readonly Uint8Array[], stage: Stage): Promise<Raster> {
  const { width, height, random } = stage;
  const [first, ...others] = references;
  if (first === undefined) throw new Error('A picture from images needs at least one image.');
  const base = await decode(first, width, height);
  const prints = others.slice(0, MOST_PRINTS);
  if (prints.length === 0) return base;
  const halves = prints.length === 1 && random.chance(0.5);
  const frames = halves ? [otherHalf(stage)] : rowOfPrints(stage, prints.length);
  const pictures = await Promise.all(
    frames.map(async (frame, index) => {
      const { data } = await decode(prints[index] ?? first, frame.width, frame.height);
      const raw = { width: frame.width, height: frame.height, channels: 3 as const };
      return {
        input: Buffer.from(data.buffer, data.byteOffset, data.length),
        raw,
        left: frame.left,
        top: frame.top,
      };
    }),
  );
  const borders = frames.map((frame) =>
    border(frame, Math.max(1, Math.round(stage.scale * (halves ? 0.006 : 0.009))), halves),
  );
  return fromSharp(toSharp(base).composite([{ input: svgDocument(stage, borders.join('')) }, ...pictures]));
}

function decode(reference: Uint8Array, width: number, height: number): Promise<Raster> {
  return fromSharp(
    sharp(reference, { failOn: 'error' })
      .autoOrient()
      .flatten({ background: MARGIN })
      .resize(width, height, { fit: 'cover', position: 'centre', kernel: 'cubic' }),
  );
}

function otherHalf({ width, height }: Stage): Frame {
  if (width >= height) {
    const left = Math.round(width * 0.56);
    return { left, top: 0, width: width - left, height };
  }
  const top = Math.round(height * 0.56);
  return { left: 0, top, width, height: height - top };
}

function rowOfPrints({ width, height }: Stage, count: number): Frame[] {
  const short = Math.min(width, height);
  const gap = Math.round(short * 0.045);
  const side = Math.max(
    1,
    Math.round(
      Math.min(short * (count === 1 ? 0.38 : 0.27), (Math.max(width, height) - gap * 2) / count - gap),
    ),
  );
  const wide = width >= height;
  return Array.from({ length: count }, (_, index) => ({
    left: wide && count > 1 ? width - (index + 1) * (side + gap) : width - side - gap,
    top: wide || count === 1 ? height - side - gap : height - (index + 1) * (side + gap),
    width: side,
    height: side,
  })).map((frame) => ({ ...frame, left: Math.max(0, frame.left), top: Math.max(0, frame.top) }));
}

function border({ left, top, width, height }: Frame, wide: number, half: boolean): string {
  const box = (grow: number, paint: string): string =>
    `<rect x="${left - grow}" y="${top - grow}" width="${width + grow * 2}" height="${height + grow * 2}" ${paint}/>`;
  if (half) return box(wide, `fill="${MARGIN}"`);
  const shadow = [4, 3, 2, 1]
    .map((step) => box(wide + step * wide * 0.6, `rx="${wide}" fill="#000" opacity="0.1"`))
    .join('');
  return shadow + box(wide, `fill="${MARGIN}"`);
}
