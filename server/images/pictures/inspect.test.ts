import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openPicture, readMetadata } from './decoder.ts';
import { readPicture } from './inspect.ts';
import { createPngChunk, readPngChunks, writePngChunks } from './png.ts';
import { claimingPng, drawPicture } from '../../../tests/support/pictures.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';

describe('reading a picture', () => {
  it.each([
    ['a PNG', () => drawPicture().png(), 'image/png'],
    ['an interlaced PNG', () => drawPicture().png({ progressive: true }), 'image/png'],
    ['a PNG of 16 bits', () => drawPicture().toColourspace('rgb16').png(), 'image/png'],
    ['a PNG with a palette', () => drawPicture().png({ palette: true }), 'image/png'],
    ['a grey PNG', () => drawPicture().toColourspace('b-w').png(), 'image/png'],
    ['a JPEG', () => drawPicture().jpeg(), 'image/jpeg'],
    ['a progressive JPEG', () => drawPicture().jpeg({ progressive: true }), 'image/jpeg'],
    ['a CMYK JPEG', () => drawPicture().toColourspace('cmyk').jpeg(), 'image/jpeg'],
    ['a WebP', () => drawPicture().webp(), 'image/webp'],
    ['a lossless WebP with alpha', () => drawPicture({ alpha: true }).webp({ lossless: true }), 'image/webp'],
  ] as const)('tells the type and size of %s', async (_, draw, contentType) => {
    const bytes = new Uint8Array(await draw().toBuffer());
    expect(await readPicture(bytes)).toEqual({ contentType, width: 64, height: 48 });
  });

  it('tells the size as shown, with the EXIF orientation', async () => {
    const sideways = await drawPicture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readPicture(sideways)).toMatchObject({ width: 48, height: 64 });
  });

  it('takes an animation by its first frame', async () => {
    const frames = await Promise.all(
      [0, 1, 2].map((left) =>
        drawPicture({ width: 40, height: 30 })
          .extract({ left, top: 0, width: 32, height: 24 })
          .png()
          .toBuffer(),
      ),
    );
    const animated = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect((await sharp(animated, { animated: true }).metadata()).pages).toBe(3);
    expect(await readPicture(animated)).toEqual({ contentType: 'image/webp', width: 32, height: 24 });
  });

  it.each([
    ['no bytes at all', () => bytesOf('')],
    ['a PDF', () => bytesOf('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF')],
    ['an SVG', () => bytesOf(svg)],
    ['an SVG after white space', () => bytesOf(`\n  ${svg}`)],
    ['HTML', () => bytesOf('<!doctype html><script>alert(1)</script>')],
    ['a GIF', () => drawPicture().gif().toBuffer()],
    ['a TIFF', () => drawPicture().tiff().toBuffer()],
    ['a sound in the same container as WebP', () => bytesOf('RIFF\x24\0\0\0WAVEfmt ')],
    ['text about PNG', () => bytesOf('PNG\r\n\x1a\n')],
  ])('refuses %s as no picture it takes', async (_, make) => {
    await expect(readPicture(await make())).rejects.toMatchObject({
      name: 'AppError',
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'This file is not a PNG, JPEG, WebP or AVIF image. Try PNG, JPEG or WebP.',
    });
  });

  it.each(['heic', 'mif1', 'hevc'])(
    'says of a HEIC photo of the brand %s how to convert it',
    async (brand) => {
      const photo = bytesOf(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1heic`);
      await expect(readPicture(photo)).rejects.toMatchObject({
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: 'This is a HEIC photo, which cannot be read here. Save or export it as JPEG.',
      });
    },
  );

  it('takes an AVIF by any of its brands', async () => {
    const avif = await drawPicture().avif().toBuffer();
    const generic = Buffer.from(avif);
    generic.write('mif1', 8, 'latin1');
    for (const bytes of [avif, generic])
      expect(await readPicture(bytes)).toEqual({ contentType: 'image/avif', width: 64, height: 48 });
  });

  const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
  const large = { width: 300, height: 200 };
  it.each([
    ['a truncated JPEG', async () => half(await drawPicture(large).jpeg().toBuffer())],
    [
      'a truncated progressive JPEG',
      async () => half(await drawPicture(large).jpeg({ progressive: true }).toBuffer()),
    ],
    [
      'a JPEG without its last bytes',
      async () => (await drawPicture(large).jpeg().toBuffer()).subarray(0, -20),
    ],
    ['a truncated PNG', async () => half(await drawPicture(large).png().toBuffer())],
    ['a truncated WebP', async () => half(await drawPicture(large).webp().toBuffer())],
    [
      'a PNG with a changed byte',
      async () => (await drawPicture(large).png().toBuffer()).fill(0xaa, 900, 901),
    ],
    ['a JPEG signature alone', () => bytesOf('\xff\xd8\xff')],
    ['a PNG signature alone', () => bytesOf('\x89PNG\r\n\x1a\n')],
    ['a WebP signature alone', () => bytesOf('RIFF\x04\0\0\0WEBP')],
    ['a PDF behind a PNG signature', () => bytesOf(`\x89PNG\r\n\x1a\n%PDF-1.7${' '.repeat(100)}`)],
    ['an SVG behind a JPEG signature', () => bytesOf(`\xff\xd8\xff${svg}`)],
    ['a PNG with no pixels behind its size', () => claimingPng(5000, 5000)],
  ])('refuses %s as unreadable', async (_, make) => {
    await expect(readPicture(await make())).rejects.toMatchObject({
      name: 'AppError',
      code: 'UNREADABLE_IMAGE',
      message: 'This image is damaged or incomplete. Save it again, or try another PNG, JPEG or WebP.',
    });
  });

  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' } });
  it.each([
    ['a PNG that claims 30,000 × 30,000 pixels', 900, () => claimingPng(30_000, 30_000)],
    ['a PNG that claims a single endless line', 41, () => claimingPng(40_000_001, 1)],
    ['a flat PNG of 41 megapixels in 160 KB', 41, () => flat(8200, 5000).png().toBuffer()],
    ['a JPEG of 48 megapixels', 48, () => flat(8000, 6000).jpeg().toBuffer()],
    ['a WebP of 81 megapixels', 81, () => flat(9000, 9000).webp({ effort: 0 }).toBuffer()],
  ])('says of %s how many megapixels it has', async (_, megapixels, make) => {
    await expect(readPicture(await make())).rejects.toMatchObject({
      code: 'UPLOAD_TOO_LARGE',
      message: `This image has ${megapixels} megapixels. Each image can have up to 40: make it smaller.`,
      figures: { maxPixels: 40_000_000 },
    });
  });

  /** A JPEG that repeats its last scan, and the bytes of a scan's header. */
  async function drawScans(count: number) {
    const jpeg = await drawPicture(large).jpeg({ progressive: true }).toBuffer();
    const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
    return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(count).fill(scan), jpeg.subarray(-2)]);
  }

  it.each([
    ['behind its end, as in a motion photo', (jpeg: Buffer, scans: Buffer) => Buffer.concat([jpeg, scans])],
    [
      'in the thumbnail of its metadata',
      (jpeg: Buffer, scans: Buffer) => {
        const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), scans]);
        segment.writeUInt16BE(segment.length - 2, 2);
        return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
      },
    ],
  ])('does not count as scans of a JPEG what lies %s', async (_, build) => {
    const jpeg = await drawPicture(large).jpeg().toBuffer();
    const photo = build(jpeg, Buffer.from('ffda'.repeat(2_000), 'hex'));
    expect(await readPicture(photo)).toMatchObject({ contentType: 'image/jpeg', width: 300 });
  });

  it('refuses a JPEG made of so many scans that it would keep a thread busy', async () => {
    await expect(readPicture(await drawScans(100))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: 'This image is built up in too many passes. Save it again, or try another PNG, JPEG or WebP.',
    });
  });

  it('never unpacks the texts in a PNG, and still sees how it is to be shown', async () => {
    const png = await drawPicture().withMetadata({ orientation: 6 }).withIccProfile('p3').png().toBuffer();
    const [header, ...others] = readPngChunks(png);
    const packed = deflateSync(Buffer.alloc(1_000_000));
    const texts = [
      createPngChunk('zTXt', Buffer.concat([Buffer.from('bomb\0\0'), packed])),
      createPngChunk('iTXt', Buffer.concat([Buffer.from('bomb\0\x01\0\0\0'), packed])),
      createPngChunk('tEXt', Buffer.from('plain\0text')),
    ];
    const bytes = writePngChunks([header!, ...texts, ...others]);
    expect((await sharp(bytes).metadata()).comments).toHaveLength(3);
    const { comments, orientation, icc } = await openPicture(bytes).metadata();
    expect(comments).toBeUndefined();
    expect(orientation).toBe(6);
    expect(icc).toBeDefined();
    expect(await readPicture(bytes)).toMatchObject({ width: 48, height: 64 });
  });

  // Turns red where each is read: as many as 5 MB hold take seconds, before any queue.
  it('refuses a PNG of very many chunks by its header', async () => {
    const [header] = readPngChunks(await drawPicture().png().toBuffer());
    const empty = createPngChunk('IDAT', new Uint8Array());
    const bytes = writePngChunks([header!, ...Array.from({ length: 20_000 }, () => empty)]);
    await expect(readMetadata(bytes)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringContaining('damaged'),
    });
  });

  it('takes a picture of exactly 40 megapixels', async () => {
    const flat = { width: 8000, height: 5000, channels: 3, background: 'red' } as const;
    expect(await readPicture(await sharp({ create: flat }).png().toBuffer())).toMatchObject({ width: 8000 });
  });
});
