import sharp, { type Sharp } from 'sharp';

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Pixels, three bytes each: red, green, blue. */
export interface Raster extends Size {
  data: Uint8ClampedArray;
}

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

/** An SVG document of elements in the units of `box`, of its size in pixels or of another. */
export function svgDocument(box: Size, elements: string, size: Size = box): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
      `viewBox="0 0 ${box.width} ${box.height}" preserveAspectRatio="none">${elements}</svg>`,
  );
}

/** A coordinate, short enough to keep documents of thousands of points small. */
export function at(value: number): string {
  return value.toFixed(1);
}
