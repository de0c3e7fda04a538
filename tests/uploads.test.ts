/** A picture that is uploaded is a picture: nothing is kept as it came, and nothing that is none is kept at all. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimingPng, drawPicture } from './support/pictures.ts';
import { type Caller, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

/** Everything in the store, the unfinished too. */
async function stored(): Promise<{ name: string; bytes: Buffer }[]> {
  const folder = path.join(app.dataDir, 'pictures');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => ({ name, bytes: await readFile(path.join(parentPath, name)) })),
  );
}

const page = '<html><script>alert(document.cookie)</script></html>';
const archive = 'PK\x03\x04\x14\0\0\0\x08\0evil.html';
const secretPlace = {
  IFD0: { Artist: 'Somebody Private' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
};
const behind = (bytes: Buffer, text: string) => Buffer.concat([bytes, Buffer.from(text, 'latin1')]);

describe('a picture', () => {
  it.each<[string, 'png' | 'jpeg' | 'webp']>([
    ['a PNG', 'png'],
    ['a JPEG', 'jpeg'],
    ['a WebP', 'webp'],
  ])('is encoded again: %s with a place, a page and an archive in it', async (_, format) => {
    const original = await drawPicture().withExif(secretPlace).toFormat(format).toBuffer();
    const upload = behind(original, page + archive);
    const before = new Set((await stored()).map(({ name }) => name));
    const { data, errors } = await caller.upload(upload, { name: '../../evil.html', type: 'text/html' });
    expect(errors).toBeUndefined();

    const files = (await stored()).filter(({ name }) => !before.has(name));
    expect(files).toHaveLength(2);
    for (const { bytes } of files) {
      expect(bytes.equals(upload)).toBe(false);
      expect(bytes.equals(original)).toBe(false);
      for (const hidden of ['<script', 'PK\x03\x04', 'Somebody Private'])
        expect(bytes.includes(Buffer.from(hidden, 'latin1'))).toBe(false);
      const { exif, xmp, iptc, icc } = await sharp(bytes).metadata();
      expect([exif, xmp, iptc, icc]).toEqual([undefined, undefined, undefined, undefined]);
    }
    const answer = await fetch(data!.uploadImage.image.url);
    expect(answer.headers.get('content-type')).toBe(`image/${format}`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  });
});

describe('what is no picture', () => {
  const jpeg = () => drawPicture({ width: 300, height: 200 }).jpeg().toBuffer();
  it.each<[string, () => Buffer | Promise<Buffer>, string, maxPixels?: number]>([
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'an SVG behind an XML head',
      () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a page', () => Buffer.from(page), 'UNSUPPORTED_MEDIA_TYPE'],
    ['an archive', () => Buffer.from(archive, 'latin1'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['a GIF that is a script', () => Buffer.from('GIF89a/*\0*/=1;alert(1)'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['a GIF', () => drawPicture().gif().toBuffer(), 'UNSUPPORTED_MEDIA_TYPE'],
    ['a TIFF', () => drawPicture().tiff().toBuffer(), 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a page behind the signature of a PNG',
      () => behind(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), page),
      'UNREADABLE_IMAGE',
    ],
    [
      'a page behind the signature of a JPEG',
      () => behind(Buffer.from('\xff\xd8\xff', 'latin1'), page),
      'UNREADABLE_IMAGE',
    ],
    [
      'a page before a picture',
      async () => Buffer.concat([Buffer.from(page), await jpeg()]),
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['half of a JPEG', async () => (await jpeg()).subarray(0, 2_000), 'UNREADABLE_IMAGE'],
    ['a bomb of 900 megapixels', () => claimingPng(30_000, 30_000), 'UPLOAD_TOO_LARGE', 40_000_000],
    ['a bomb of one line', () => claimingPng(2 ** 31 - 1, 1), 'UNREADABLE_IMAGE'],
    ['a picture without pixels', () => claimingPng(0, 0), 'UNREADABLE_IMAGE'],
  ])('is refused with a code and kept nowhere: %s', async (_, make, code, maxPixels) => {
    const before = (await stored()).length;
    const { data, errors } = await caller.upload(await make());
    expect({ data, code: errors?.map(({ extensions }) => extensions.code) }).toEqual({
      data: { uploadImage: null },
      code: [code],
    });
    expect(errors?.[0]?.extensions.maxPixels).toBe(maxPixels);
    expect(await stored()).toHaveLength(before);
  });
});
