/** Pictures for tests. */
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { createPngChunk, writePngChunks } from '../../server/images/pictures/png.ts';

/** A picture in which every pixel differs from its neighbours. */
export function drawPicture({ width = 64, height = 48, alpha = false } = {}): Sharp {
  const channels = alpha ? 4 : 3;
  const pixels = Buffer.alloc(width * height * channels);
  for (let at = 0; at < pixels.length; at += channels) {
    const x = (at / channels) % width;
    const y = Math.floor(at / channels / width);
    pixels.set([(x * 7) % 256, (y * 5) % 256, (x * y) % 256], at);
    if (alpha) pixels[at + 3] = (x * 3 + y) % 256;
  }
  return sharp(pixels, { raw: { width, height, channels } });
}

/** A picture as noisy as a photograph: soft shapes under fine grain. */
export async function drawPhoto(width: number, height: number): Promise<Sharp> {
  const coarse = Buffer.alloc(48 * 36 * 3).map((_, index) => (Math.imul(index, 2_654_435_761) >>> 9) & 255);
  const shapes = sharp(coarse, { raw: { width: 48, height: 36, channels: 3 } });
  const pixels = await shapes.resize({ width, height, fit: 'fill' }).raw().toBuffer();
  for (let at = 0; at < pixels.length; at += 1) {
    const grain = ((Math.imul(at + 1, 2_246_822_519) >>> 13) & 31) - 16;
    pixels[at] = Math.max(0, Math.min(255, pixels[at]! + grain));
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Upright bands of red, green and blue: broad enough to survive any encoding. */
export function drawBands(width: number, height: number): Sharp {
  const bands = ['#f00', '#0f0', '#00f']
    .map(
      (fill, index) =>
        `<rect x="${(index * width) / 3}" width="${width / 3}" height="${height}" fill="${fill}"/>`,
    )
    .join('');
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${bands}</svg>`),
  );
}

/** All the pixels of a picture, in its own channels. */
export function readPixels(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).raw().toBuffer();
}

/** The colour at a place of a picture, as red, green and blue in words where they are pure, within what encoders lose. */
export async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  const rounded = [...data.subarray(at, at + 3)]
    .map((value) => (value > 200 ? 1 : value < 56 ? 0 : '?'))
    .join('');
  return { '100': 'red', '010': 'green', '001': 'blue', '111': 'white', '000': 'black' }[rounded] ?? rounded;
}

/** A PNG that claims a size, with hardly any pixels behind it. */
export function claimingPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.from(
    writePngChunks([
      createPngChunk('IHDR', header),
      createPngChunk('IDAT', deflateSync(Buffer.alloc(1000))),
      createPngChunk('IEND', Buffer.alloc(0)),
    ]),
  );
}
