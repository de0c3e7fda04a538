import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../../tests/support/pictures.ts';
import { sniffContentType, type ReadableContentType } from './content-type.ts';
import { withReader } from './header-reader.ts';
import { readPictureSize } from './picture-size.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
});
afterAll(() => rm(folder, { recursive: true }));

const typeOf = (bytes: Uint8Array) => sniffContentType(bytes) as ReadableContentType;
const sizeIn = (bytes: Uint8Array) => withReader(bytes, (readAt) => readPictureSize(typeOf(bytes), readAt));
async function sizeInFile(bytes: Uint8Array) {
  const file = path.join(folder, 'picture');
  await writeFile(file, bytes);
  return withReader({ path: file }, (readAt) => readPictureSize(typeOf(bytes), readAt));
}

const size = { width: 64, height: 48, isDeep: false };
const deep = { ...size, isDeep: true };
const segment = (marker: number, length: number) => {
  const bytes = Buffer.alloc(2 + length);
  bytes.set([0xff, marker]);
  bytes.writeUInt16BE(length, 2);
  return bytes;
};

describe('the size of a picture', () => {
  it.each<[string, () => Sharp, object]>([
    ['a PNG', () => drawPicture().png(), size],
    ['a PNG of 16 bits', () => drawPicture().toColourspace('rgb16').png(), deep],
    ['a GIF', () => drawPicture().gif(), size],
    ['a JPEG', () => drawPicture().jpeg(), size],
    ['a progressive JPEG', () => drawPicture().jpeg({ progressive: true }), size],
    ['a CMYK JPEG', () => drawPicture().toColourspace('cmyk').jpeg(), size],
    ['a lossy WebP', () => drawPicture().webp(), size],
    ['a lossless WebP', () => drawPicture().webp({ lossless: true }), size],
    ['a lossy WebP with alpha', () => drawPicture({ alpha: true }).webp(), size],
    ['an AVIF', () => drawPicture().avif({ effort: 0 }), size],
    ['an AVIF of 10 bits', () => drawPicture().avif({ effort: 0, bitdepth: 10 }), deep],
  ])('is read of %s, in memory and in a file', async (_, draw, expected) => {
    const bytes = await draw().toBuffer();
    expect([await sizeIn(bytes), await sizeInFile(bytes)]).toEqual([expected, expected]);
  });

  it('is found behind more segments than one read takes, and behind bytes between them', async () => {
    const jpeg = await drawPicture().jpeg().toBuffer();
    const profiles = Array.from({ length: 40 }, () => segment(0xe2, 60_000));
    const long = Buffer.concat([jpeg.subarray(0, 2), ...profiles, Buffer.alloc(20_000), jpeg.subarray(2)]);
    expect(await sizeInFile(long)).toEqual(size);
  });

  it.each<[string, () => Uint8Array]>([
    ['a JPEG that ends early', () => Buffer.from('ffd8ffe0', 'hex')],
    ['a JPEG without a frame', () => Buffer.from('ffd8ffda0008ffd9', 'hex')],
    [
      'a frame whose length is not that of its components',
      () => Buffer.from('ffd8ffc0000b080030004003', 'hex'),
    ],
    ['a JPEG of empty segments', () => Buffer.alloc(5_000_000, Buffer.from('ffd8ffe0', 'hex'))],
    ['a PNG without a header', () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a picture without pixels', () => Buffer.from('GIF89a\0\0\0\0', 'latin1')],
  ])('is undefined of %s', async (_, make) => {
    expect(await sizeInFile(make())).toBeUndefined();
  });
});
