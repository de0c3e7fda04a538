import sharp, { type Matrix3x3, type OverlayOptions, type Sharp } from 'sharp';
import type { Raster } from './stage.ts';

/** For sharp's `recomb`: brightness in all three channels (`greyscale` would leave one). */
export const GREY: Matrix3x3 = [
  [0.299, 0.587, 0.114],
  [0.299, 0.587, 0.114],
  [0.299, 0.587, 0.114],
];

/** A sharp pipeline that starts from the raster. */
export function toSharp({ data, width, height }: Raster): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The raster a sharp pipeline ends in, without transparency. */
export async function fromSharp(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 3) {
    return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width, height };
  }
  // sharp keeps grey pictures at one channel whatever colour space it is asked for.
  const spread = new Uint8ClampedArray(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    spread.fill(data[pixel * channels]!, pixel * 3, pixel * 3 + 3);
  }
  return { data: spread, width, height };
}

/** The raster stretched to a size. */
export function resized(raster: Raster, width: number, height: number): Promise<Raster> {
  return fromSharp(toSharp(raster).resize(width, height, { fit: 'fill', kernel: 'cubic' }));
}

/** The raster with detail below `size` pixels gone; a window larger than the picture, which libvips refuses, is made smaller. */
export function smoothed(raster: Raster, size: number): Sharp {
  return toSharp(raster).median(Math.min(size, raster.width, raster.height));
}

/** The raster as a layer for sharp's `composite`. */
export function layer(
  { data, width, height }: Raster,
  blend: NonNullable<OverlayOptions['blend']>,
): OverlayOptions {
  return {
    input: Buffer.from(data.buffer, data.byteOffset, data.length),
    raw: { width, height, channels: 3 },
    blend,
  };
}
