import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { aiMadeSourceType, markAsAiMade } from './ai-media-mark.ts';
import type { PictureContentType } from './content-type.ts';
import { drawPicture, readPixels } from '../../../tests/support/pictures.ts';
import { readWebpChunks, writeWebpChunks } from './webp.ts';

const otherXmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>`;
const exif = { IFD0: { Copyright: 'Nobody' } };
const withAlpha = () => drawPicture({ alpha: true });
const odd = () => drawPicture({ width: 63, height: 47 });

const pictures: [string, PictureContentType, () => Sharp][] = [
  ['a JPEG', 'image/jpeg', () => drawPicture().jpeg()],
  ['a progressive JPEG', 'image/jpeg', () => drawPicture().jpeg({ progressive: true })],
  ['a CMYK JPEG', 'image/jpeg', () => drawPicture().toColourspace('cmyk').jpeg()],
  [
    'a JPEG with EXIF and a colour profile',
    'image/jpeg',
    () => drawPicture().withExif(exif).keepIccProfile().jpeg(),
  ],
  [
    'a JPEG with another XMP packet',
    'image/jpeg',
    () => drawPicture().withExif(exif).withXmp(otherXmp).jpeg(),
  ],
  ['a PNG', 'image/png', () => drawPicture().png()],
  ['an interlaced PNG with alpha', 'image/png', () => withAlpha().png({ progressive: true })],
  ['a PNG with a palette', 'image/png', () => drawPicture().png({ palette: true })],
  [
    'a PNG with another XMP packet and EXIF',
    'image/png',
    () => drawPicture().withExif(exif).withXmp(otherXmp).png(),
  ],
  ['a lossy WebP', 'image/webp', () => drawPicture().webp()],
  ['a lossy WebP of odd size', 'image/webp', () => odd().webp()],
  ['a lossy WebP with alpha', 'image/webp', () => withAlpha().webp()],
  ['a lossless WebP', 'image/webp', () => odd().webp({ lossless: true })],
  ['a lossless WebP with alpha', 'image/webp', () => withAlpha().webp({ lossless: true })],
  ['a WebP with EXIF', 'image/webp', () => drawPicture().withExif(exif).webp()],
  [
    'a WebP with another XMP packet and a profile',
    'image/webp',
    () => drawPicture().withXmp(otherXmp).withIccProfile('p3').webp(),
  ],
];

describe.each(pictures)('the mark of AI-made media in %s', (_, contentType, draw) => {
  it('is the one XMP packet, and says that a trained model made the picture', async () => {
    const marked = markAsAiMade(await draw().toBuffer(), contentType);
    const { xmpAsString } = await sharp(marked).metadata();
    expect(xmpAsString).toContain(
      `<Iptc4xmpExt:DigitalSourceType>${aiMadeSourceType}</Iptc4xmpExt:DigitalSourceType>`,
    );
    expect(
      Buffer.from(marked)
        .toString('latin1')
        .match(/<x:xmpmeta/g),
    ).toHaveLength(1);
  });

  it('changes no pixel and nothing else that the file tells', async () => {
    const bytes = await draw().toBuffer();
    const marked = markAsAiMade(bytes, contentType);
    const facts = async (file: Uint8Array) => {
      const { size: _size, xmp: _xmp, xmpAsString: _text, ...rest } = await sharp(file).metadata();
      return rest;
    };
    expect(await facts(marked)).toEqual(await facts(bytes));
    expect((await readPixels(marked)).equals(await readPixels(bytes))).toBe(true);
  });

  it('is not added twice', async () => {
    const marked = markAsAiMade(await draw().toBuffer(), contentType);
    expect(Buffer.from(markAsAiMade(marked, contentType)).equals(marked)).toBe(true);
  });

  it('does not change the bytes it was given', async () => {
    const bytes = await draw().toBuffer();
    const before = Buffer.from(bytes);
    markAsAiMade(bytes, contentType);
    expect(before.equals(bytes)).toBe(true);
  });

  it('refuses the file cut within its head, rather than write half of one', async () => {
    const bytes = await draw().toBuffer();
    expect(() => markAsAiMade(bytes.subarray(0, 14), contentType)).toThrow('damaged');
  });
});

describe('the mark of AI-made media', () => {
  it('stands behind the JFIF and EXIF heads of a JPEG, which want to come first', async () => {
    const jpeg = await drawPicture().withExif(exif).jpeg().toBuffer();
    const marked = Buffer.from(markAsAiMade(jpeg, 'image/jpeg')).toString('latin1');
    const order = ['Exif\0', 'http://ns.adobe.com/xap/1.0/\0'].map((name) => marked.indexOf(name));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(marked.slice(0, 3)).toBe('\xff\xd8\xff');
  });

  it('takes a JPEG with filled markers, and removes long XMP with the rest', async () => {
    const jpeg = await drawPicture().jpeg().toBuffer();
    const name = Buffer.from('http://ns.adobe.com/xmp/extension/\0more');
    const long = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xe1, 0, name.length + 2]), name]);
    const marked = markAsAiMade(Buffer.concat([jpeg.subarray(0, 2), long, jpeg.subarray(2)]), 'image/jpeg');
    expect(Buffer.from(marked).equals(markAsAiMade(jpeg, 'image/jpeg'))).toBe(true);
  });

  it('keeps the frames of an animated WebP', async () => {
    const frames = [await drawPicture().png().toBuffer(), await drawPicture().negate().png().toBuffer()];
    const animated = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    const marked = markAsAiMade(animated, 'image/webp');
    const pixels = (file: Uint8Array) => sharp(file, { animated: true }).raw().toBuffer();
    expect((await sharp(marked).metadata()).pages).toBe(2);
    expect((await pixels(marked)).equals(await pixels(animated))).toBe(true);
  });

  it.each(['png', 'webp'] as const)('leaves out what lies behind the end of a %s', async (format) => {
    const bytes = await drawPicture().toFormat(format).toBuffer();
    const marked = markAsAiMade(Buffer.concat([bytes, Buffer.from('<script>'.repeat(9))]), `image/${format}`);
    expect(Buffer.from(marked).equals(markAsAiMade(bytes, `image/${format}`))).toBe(true);
  });

  it('refuses bytes of another format', async () => {
    const png = await drawPicture().png().toBuffer();
    expect(() => markAsAiMade(png, 'image/jpeg')).toThrow('damaged');
    expect(() => markAsAiMade(png, 'image/webp')).toThrow('damaged');
    expect(() => markAsAiMade(Buffer.alloc(40), 'image/png')).toThrow('damaged');
  });
});

describe('the chunks of a WebP', () => {
  it('are written as they were read', async () => {
    const webp = await drawPicture({ alpha: true }).withExif(exif).webp().toBuffer();
    const chunks = readWebpChunks(webp);
    expect(chunks.map(({ name }) => name)).toEqual(['VP8X', 'ALPH', 'VP8 ', 'EXIF']);
    expect(Buffer.from(writeWebpChunks(chunks)).equals(webp)).toBe(true);
  });
});
