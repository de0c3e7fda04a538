/** Pictures as they are sent: none is stored larger than it came, and each suits every model that takes references. */
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodePalettePng } from '../server/images/pictures/png.ts';
import { drawPhoto } from './support/pictures.ts';
import { catalogue } from '../server/models/catalogue.ts';
import { type Caller, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;
let large: Sharp;
let small: Sharp;
const rows: Record<string, string | number>[] = [];

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
  large = await drawPhoto(3500, 2500);
  small = await drawPhoto(1000, 750);
});
afterAll(async () => {
  console.table(rows);
  await app?.remove();
});

/** A palette PNG as noisy as a photograph, in 256 colours. */
async function drawPalette(): Promise<Uint8Array> {
  const pixels = await large.clone().ensureAlpha().raw().toBuffer();
  for (let at = 0; at < pixels.length; at += 4)
    pixels.set([pixels[at]! & 0xe0, pixels[at + 1]! & 0xe0, pixels[at + 2]! & 0xc0], at);
  return (await encodePalettePng(pixels, { width: 3500, height: 2500 }))!;
}

const optimised = { compressionLevel: 9, adaptiveFiltering: true };
it.each<[string, () => Promise<Uint8Array>]>([
  [
    'JPEG, quality 95, 4:2:0',
    () => large.clone().jpeg({ quality: 95, chromaSubsampling: '4:2:0' }).toBuffer(),
  ],
  [
    'JPEG, quality 92, 4:4:4',
    () => large.clone().jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  ['JPEG, quality 60', () => large.clone().jpeg({ quality: 60 }).toBuffer()],
  ['progressive JPEG', () => large.clone().jpeg({ quality: 90, progressive: true }).toBuffer()],
  ['rotated JPEG', () => large.clone().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer()],
  ['CMYK JPEG', () => small.clone().toColourspace('cmyk').jpeg({ quality: 90 }).toBuffer()],
  ['grey JPEG', () => small.clone().toColourspace('b-w').jpeg({ quality: 90 }).toBuffer()],
  [
    'motion photo',
    async () =>
      Buffer.concat([
        await small.clone().jpeg().toBuffer(),
        Buffer.alloc(300_000, '\0\0\0\x18ftypmp42\xff\xda', 'latin1'),
      ]),
  ],
  ['PNG with a palette', drawPalette],
  ['PNG', () => small.clone().png(optimised).toBuffer()],
  ['PNG with alpha', () => small.clone().ensureAlpha(0.5).png(optimised).toBuffer()],
  ['PNG of 16 bits', () => small.clone().toColourspace('rgb16').png().toBuffer()],
  ['grey PNG', () => small.clone().toColourspace('b-w').png(optimised).toBuffer()],
  ['WebP', () => small.clone().webp({ quality: 75 }).toBuffer()],
  ['lossless WebP', () => small.clone().webp({ lossless: true }).toBuffer()],
  ['AVIF', () => small.clone().avif({ quality: 60, effort: 0 }).toBuffer()],
])('%s', async (name, make) => {
  const upload = await make();
  expect((await sharp(upload).metadata()).width).toBeGreaterThan(0);
  const { data, errors } = await caller.upload(upload);
  expect(errors).toBeUndefined();
  const { byteSize, contentType } = data!.uploadImage.image as unknown as {
    byteSize: number;
    contentType: string;
  };
  const takers = catalogue.filter((model) => model.maxReferenceImages > 0);
  const fits = takers.filter((model) => byteSize <= model.maxReferenceBytes);
  rows.push({
    upload: name,
    sent: upload.byteLength,
    stored: byteSize,
    ratio: (byteSize / upload.byteLength).toFixed(3),
    contentType,
    models: `${fits.length} of ${takers.length}`,
  });
  expect(fits).toEqual(takers);
  expect(['image/png', 'image/jpeg', 'image/webp']).toContain(contentType);
  expect(byteSize / upload.byteLength).toBeLessThanOrEqual(1);
});
