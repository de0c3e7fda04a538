import { crc32 } from 'node:zlib';

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
