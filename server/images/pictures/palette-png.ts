import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { createPngChunk, writePngChunks } from './png-chunks.ts';

const maxColours = 256;

/**
 * A PNG with exactly these colours in a palette; undefined where they are more than 256. libvips would choose other colours,
 * which is slow and changes them.
 * @param pixels Red, green, blue and alpha of 8 bits each.
 */
export async function encodePalettePng(
  pixels: Uint8Array,
  { width, height }: { width: number; height: number },
): Promise<Uint8Array | undefined> {
  const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const indexes = new Map<number, number>();
  for (const colour of colours) {
    if (indexes.has(colour)) continue;
    if (indexes.size === maxColours) return undefined;
    indexes.set(colour, indexes.size);
  }
  const depth = [1, 2, 4].find((bits) => indexes.size <= 2 ** bits) ?? 8;
  const lineBytes = 1 + Math.ceil((width * depth) / 8);
  const lines = Buffer.alloc(lineBytes * height);
  for (let y = 0, pixel = 0; y < height; y += 1) {
    // Each line begins with the byte of its filter: none.
    for (let x = 0, bit = 8; x < width; x += 1, bit += depth, pixel += 1) {
      const at = y * lineBytes + (bit >> 3);
      lines[at]! |= indexes.get(colours[pixel]!)! << (8 - depth - (bit & 7));
    }
  }
  const palette = Buffer.from(Uint32Array.from(indexes.keys()).buffer);
  const channel = (offset: number) => palette.filter((_, at) => at % 4 === offset);
  const alpha = channel(3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 3], 8);
  return writePngChunks([
    createPngChunk('IHDR', header),
    createPngChunk(
      'PLTE',
      palette.filter((_, at) => at % 4 !== 3),
    ),
    ...(alpha.some((value) => value < 255) ? [createPngChunk('tRNS', alpha)] : []),
    createPngChunk('IDAT', await promisify(deflate)(lines, { level: 9 })),
    createPngChunk('IEND', Buffer.alloc(0)),
  ]);
}
