import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

/** A chunk of a PNG file: its four letters, what it holds, and all its bytes with length and checksum. */
export interface PngChunk {
  name: string;
  data: Uint8Array;
  whole: Uint8Array;
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export function isPng(bytes: Uint8Array): boolean {
  return signature.equals(bytes.subarray(0, signature.length));
}

/** Encoders write chunks of some kilobytes: the largest files have several thousand. */
const maxChunks = 20_000;

/**
 * The chunks of a PNG file (PNG specification, third edition, section 5.3). What lies beyond its end is left out; where it
 * is cut short, so is its last chunk.
 * @throws {RangeError} above `maxChunks`: empty chunks take 12 bytes, and seconds by the hundred thousand
 */
export function readPngChunks(bytes: Uint8Array): PngChunk[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = signature.length; at + 12 <= file.length && chunks.at(-1)?.name !== 'IEND';) {
    if (chunks.length === maxChunks) throw new RangeError(`This PNG has more than ${maxChunks} chunks`);
    const end = at + 12 + file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    chunks.push({ name, data: file.subarray(at + 8, end - 4), whole: file.subarray(at, end) });
    at = end;
  }
  return chunks;
}

export function createPngChunk(name: string, data: Uint8Array): PngChunk {
  const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(name, 'latin1'), data, Buffer.alloc(4)]);
  whole.writeUInt32BE(data.length, 0);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4);
  return { name, data, whole };
}

/** The PNG file of these chunks. */
export function writePngChunks(chunks: PngChunk[]): Uint8Array {
  return Buffer.concat([signature, ...chunks.map(({ whole }) => whole)]);
}

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
