import { damaged } from './refusals.ts';

/** A chunk of a WebP file: its four letters and what it holds. */
export interface WebpChunk {
  name: string;
  payload: Uint8Array;
}

/**
 * The chunks of a WebP file (RFC 9649, section 2.3); what lies beyond its end is left out.
 * @throws {AppError} UNREADABLE_IMAGE where one is cut short
 */
export function readWebpChunks(bytes: Uint8Array): WebpChunk[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(file.length, 8 + file.readUInt32LE(4));
  const chunks: WebpChunk[] = [];
  for (let at = 12; at + 8 <= end;) {
    const length = file.readUInt32LE(at + 4);
    if (at + 8 + length > end) throw damaged();
    chunks.push({
      name: file.toString('latin1', at, at + 4),
      payload: file.subarray(at + 8, at + 8 + length),
    });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

/** The WebP file of these chunks. */
export function writeWebpChunks(chunks: WebpChunk[]): Uint8Array {
  const body = chunks.flatMap(({ name, payload }) => [
    Buffer.from(name, 'latin1'),
    uint32(payload.length),
    payload,
    // Chunks begin at even places.
    Buffer.alloc(payload.length % 2),
  ]);
  const size = body.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from('RIFF'), uint32(size), Buffer.from('WEBP'), ...body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
