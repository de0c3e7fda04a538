import { open } from 'node:fs/promises';
import type { PictureSource } from './picture-source.ts';

/** The bytes at a place; fewer where the picture ends before, none beyond its end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

const windowBytes = 16 * 1024;

/** Calls back with a reader of parts of the picture, so that a header is read without the rest. */
export async function withReader<Result>(
  source: PictureSource,
  work: (readAt: ReadAt) => Promise<Result>,
): Promise<Result> {
  if (source instanceof Uint8Array) {
    const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    return work(async (position, length) => bytes.subarray(position, position + length));
  }
  await using file = await open(source.path);
  let [window, start] = [Buffer.alloc(0), 0];
  return await work(async (position, length) => {
    const isRead = position >= start && position + length <= start + window.length;
    if (!isRead) {
      const buffer = Buffer.alloc(Math.max(length, windowBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      [window, start] = [buffer.subarray(0, bytesRead), position];
    }
    return window.subarray(position - start, position - start + length);
  });
}
