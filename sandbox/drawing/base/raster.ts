import sharp, { type Matrix3x3, type OverlayOptions, type Sharp } from 'sharp';

export interface Size {
  width: number;
  height: number;
}

/** Pixels, three bytes each: red, green, blue. */
export interface Raster extends Size {
  data: Uint8ClampedArray;
}

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

/** The raster a sharp pipeline of colours ends in, without transparency. */
export async function fromSharp(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width, height };
}

/** The raster stretched to a size. */
export async function resized(raster: Raster, { width, height }: Size): Promise<Raster> {
  if (raster.width === width && raster.height === height) return raster;
  return await fromSharp(toSharp(raster).resize(width, height, { fit: 'fill', kernel: 'cubic' }));
}

/** A size with its shape, of at most `factor` times its sides. */
export function shrunk({ width, height }: Size, factor: number): Size {
  const share = Math.min(1, factor);
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** The raster as a layer for sharp's `composite`. */
export function layer(
  { data, width, height }: Raster,
  blend: NonNullable<OverlayOptions['blend']>,
): OverlayOptions {
  const input = Buffer.from(data.buffer, data.byteOffset, data.length);
  return { input, raw: { width, height, channels: 3 }, blend };
}

/** An SVG document of elements in the units of `box`, of its size in pixels or of another. */
export function svgDocument(box: Size, elements: string, size: Size = box): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
      `viewBox="0 0 ${box.width} ${box.height}" preserveAspectRatio="none">${elements}</svg>`,
  );
}
