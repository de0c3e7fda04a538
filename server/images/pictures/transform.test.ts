import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { aiMadeSourceType } from './ai-media-mark.ts';
import { createPngChunk, readPngChunks, writePngChunks } from './png.ts';
import { cleanUpload, prepareResult, type ProcessedPicture } from './transform.ts';
import { colourAt, drawBands, drawPhoto, drawPicture, readPixels } from '../../../tests/support/pictures.ts';
import { readWebpChunks, writeWebpChunks } from './webp.ts';

const location = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } };

/** What must hold for every picture, wherever it came from. */
async function expectConsistent(picture: ProcessedPicture): Promise<void> {
  const { bytes, contentType, extension, width, height, thumbnail, thumbhash, sha256 } = picture;
  expect(await sharp(bytes).metadata()).toMatchObject({
    mediaType: contentType,
    autoOrient: { width, height },
  });
  expect(contentType).toBe({ png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' }[extension]);
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  const small = await sharp(thumbnail).metadata();
  expect(small.format).toBe('webp');
  expect(Math.max(small.width, small.height)).toBe(Math.min(400, Math.max(width, height)));
  expect(thumbHashToRGBA(Buffer.from(thumbhash, 'base64')).w).toBeGreaterThan(0);
}

describe('cleaning an upload', () => {
  it.each([
    ['a PNG', 'image/png', () => drawPicture({ width: 900, height: 600 }).png()],
    ['a JPEG', 'image/jpeg', () => drawPicture({ width: 600, height: 900 }).jpeg()],
    ['a progressive JPEG', 'image/jpeg', () => drawPicture().jpeg({ progressive: true })],
    ['a WebP', 'image/webp', () => drawPicture({ width: 500, height: 30 }).webp()],
    ['a picture of one pixel', 'image/png', () => drawPicture({ width: 1, height: 1 }).png()],
    ['a picture of one line', 'image/png', () => drawPicture({ width: 3000, height: 1 }).png()],
  ] as const)('keeps the format and size of %s', async (_, contentType, draw) => {
    const upload = await draw().toBuffer();
    const { width, height } = await sharp(upload).metadata();
    const picture = await cleanUpload(upload);
    expect(picture).toMatchObject({ contentType, width, height });
    await expectConsistent(picture);
  });

  it.each(['jpeg', 'png', 'webp'] as const)(
    'turns a %s upright and forgets where it was taken',
    async (format) => {
      const sideways = drawBands(300, 90).withExif(location).withMetadata({ orientation: 8 });
      const picture = await cleanUpload(await sideways.toFormat(format).toBuffer());
      expect(picture).toMatchObject({ width: 90, height: 300 });
      const { exif, icc, xmp, iptc, orientation } = await sharp(picture.bytes).metadata();
      expect([exif, icc, xmp, iptc, orientation]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      // Turned a quarter to the left, so that the right end is at the top.
      const colours = [20, 150, 280].map((y) => colourAt(picture.bytes, 45, y));
      expect(await Promise.all(colours)).toEqual(['blue', 'green', 'red']);
      expect(await colourAt(picture.thumbnail, 45, 20)).toBe('blue');
      expect(thumbHashToApproximateAspectRatio(Buffer.from(picture.thumbhash, 'base64'))).toBeLessThan(0.5);
      await expectConsistent(picture);
    },
  );

  it.each([
    ['a JPEG', () => drawPicture().jpeg()],
    ['a PNG', () => drawPicture().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><script/></x:xmpmeta>').png()],
    ['a WebP', () => drawPicture().webp()],
  ])('leaves nothing of a page hidden in %s', async (_, draw) => {
    const upload = Buffer.concat([await draw().toBuffer(), Buffer.from('<html><script>alert(1)</script>')]);
    const { bytes } = await cleanUpload(upload);
    expect(Buffer.from(bytes).includes('<script')).toBe(false);
    expect(Buffer.from(bytes).equals(upload)).toBe(false);
  });

  it('turns CMYK into the colours that screens show', async () => {
    const cmyk = await drawBands(90, 30).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const picture = await cleanUpload(cmyk);
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
    expect((await readPixels(picture.bytes)).subarray(0, 1).readUInt8()).toBeGreaterThan(200);
    await expectConsistent(picture);
  });

  it('brings 16 bits a channel down to 8', async () => {
    const deep = await drawPicture().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    const picture = await cleanUpload(deep);
    expect((await sharp(picture.bytes).metadata()).depth).toBe('uchar');
    expect((await readPixels(picture.bytes)).equals(await drawPicture().raw().toBuffer())).toBe(true);
  });

  it('brings another colour space to sRGB rather than drop its profile alone', async () => {
    const wide = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c06040' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const [stored] = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    const [shown = 0] = await readPixels((await cleanUpload(wide)).bytes);
    expect(Math.abs(shown - 0xc0)).toBeLessThanOrEqual(3);
    expect(Math.abs(shown - (stored ?? 0))).toBeGreaterThan(5);
  });

  it.each([
    ['a lossless WebP', () => drawPicture({ alpha: true }).webp({ lossless: true, exact: true })],
    ['a PNG', () => drawPicture({ alpha: true }).png()],
  ])('keeps %s with alpha exact', async (_, draw) => {
    const upload = await draw().toBuffer();
    const { bytes } = await cleanUpload(upload);
    const visible = async (file: Uint8Array) => {
      const pixels = await readPixels(file);
      // The colour of what cannot be seen may change.
      for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 0) pixels.fill(0, at, at + 4);
      return pixels;
    };
    expect((await visible(bytes)).equals(await visible(upload))).toBe(true);
  });

  it('keeps the alpha of a lossy WebP, in the thumbnail too', async () => {
    const picture = await cleanUpload(await drawPicture({ alpha: true }).webp().toBuffer());
    expect((await sharp(picture.bytes).metadata()).hasAlpha).toBe(true);
    expect((await sharp(picture.thumbnail).metadata()).hasAlpha).toBe(true);
    await expectConsistent(picture);
  });

  it('refuses what is no picture, and goes on with the next', async () => {
    const truncated = (await drawPicture({ width: 300 }).jpeg().toBuffer()).subarray(0, 900);
    const good = await drawPicture().jpeg().toBuffer();
    const uploads = [truncated, Buffer.from('%PDF-1.7'), good, truncated, good];
    const results = await Promise.allSettled(uploads.map(cleanUpload));
    expect(results.map((result) => (result.status === 'fulfilled' ? 'cleaned' : result.reason.code))).toEqual(
      ['UNREADABLE_IMAGE', 'UNSUPPORTED_MEDIA_TYPE', 'cleaned', 'UNREADABLE_IMAGE', 'cleaned'],
    );
  });
});

/** Without its EOI, the marker that ends it. */
const withoutEnd = (jpeg: Buffer) => jpeg.subarray(0, -2);

describe('the size of an upload', () => {
  const photo = drawPhoto(900, 600);
  const draw = async () => (await photo).clone();
  it.each([
    [
      'a JPEG with reduced colour',
      async () => (await draw()).jpeg({ quality: 95, chromaSubsampling: '4:2:0' }),
    ],
    ['a JPEG of low quality', async () => (await draw()).jpeg({ quality: 60 })],
    [
      'a JPEG with all its colour',
      async () => (await draw()).jpeg({ quality: 97, chromaSubsampling: '4:4:4' }),
    ],
    ['a progressive JPEG', async () => (await draw()).jpeg({ quality: 90, mozjpeg: true })],
    ['a grey JPEG', async () => (await draw()).toColourspace('b-w').jpeg({ quality: 92 })],
    ['a PNG with a palette', async () => (await draw()).png({ palette: true, effort: 1 })],
    [
      'a grey PNG',
      async () => (await draw()).toColourspace('b-w').png({ compressionLevel: 9, adaptiveFiltering: true }),
    ],
    ['a PNG', async () => (await draw()).png({ compressionLevel: 9, adaptiveFiltering: true })],
    ['a PNG of 16 bits', async () => (await draw()).toColourspace('rgb16').png()],
    ['a WebP of low quality', async () => (await draw()).webp({ quality: 60 })],
    ['a lossless WebP', async () => (await draw()).webp({ lossless: true })],
    ['an AVIF', async () => (await draw()).avif({ quality: 70, effort: 0 })],
  ])('does not grow: %s', async (_, make) => {
    const upload = await (await make()).toBuffer();
    // Large enough that no allowance for small files counts.
    expect(upload.byteLength).toBeGreaterThan(65_536);
    const picture = await cleanUpload(upload);
    expect(picture.bytes.byteLength).toBeLessThanOrEqual(upload.byteLength);
    expect(picture).toMatchObject({ width: 900, height: 600 });
    await expectConsistent(picture);
  });

  it('keeps every colour of a PNG with a palette, and its transparency', async () => {
    const { data, info } = await drawPicture({ alpha: true }).raw().toBuffer({ resolveWithObject: true });
    const few = data.map((value) => value & 0xc0).map((value, at) => (at % 4 === 1 ? 0 : value));
    const upload = await sharp(few, { raw: { width: info.width, height: info.height, channels: 4 } })
      .png({ palette: true, quality: 100, dither: 0 })
      .toBuffer();
    const picture = await cleanUpload(upload);
    expect((await sharp(picture.bytes).metadata()).isPalette).toBe(true);
    expect((await readPixels(picture.bytes)).equals(await readPixels(upload))).toBe(true);
  });

  it.each([2, 4, 16, 200])('keeps a palette of %i colours exact at any width', async (count) => {
    const width = 37;
    const colours = Buffer.alloc(width * 11 * 3).map(
      (_, at) => (Math.floor(at / 3) % count) * (1 + (at % 3)),
    );
    const upload = await sharp(colours, { raw: { width, height: 11, channels: 3 } })
      .png({ palette: true, quality: 100, dither: 0 })
      .toBuffer();
    const { bytes } = await cleanUpload(upload);
    expect(
      (await sharp(bytes).removeAlpha().raw().toBuffer()).equals(
        await sharp(upload).removeAlpha().raw().toBuffer(),
      ),
    ).toBe(true);
  });

  it('repeats the quality and the colour resolution of a JPEG', async () => {
    const upload = await (await draw()).jpeg({ quality: 80, chromaSubsampling: '4:4:4' }).toBuffer();
    const { bytes } = await cleanUpload(upload);
    expect((await sharp(bytes).metadata()).chromaSubsampling).toBe('4:4:4');
    const [before, after] = [await readPixels(upload), await readPixels(bytes)];
    const error = before.reduce((sum, value, at) => sum + Math.abs(value - after[at]!), 0) / before.length;
    expect(error).toBeLessThan(1);
    expect(bytes.byteLength).toBeGreaterThan(upload.byteLength * 0.9);
  });
});

describe('an upload without its last marker', () => {
  it('is kept where all its pixels are there', async () => {
    const jpeg = await drawBands(300, 90).jpeg().toBuffer();
    const picture = await cleanUpload(withoutEnd(jpeg));
    expect(await colourAt(picture.bytes, 280, 80)).toBe('blue');
    await expectConsistent(picture);
  });
});

describe('keeping a result', () => {
  const noisy = { width: 300, height: 200 };
  it.each([
    ['JPEG', () => drawPicture(noisy).jpeg({ chromaSubsampling: '4:4:4' })],
    ['JPEG with reduced colour', () => drawPicture(noisy).jpeg()],
    ['progressive JPEG', () => drawPicture(noisy).jpeg({ progressive: true })],
    ['large JPEG', () => drawPicture({ width: 1600, height: 1200 }).jpeg()],
    ['large progressive JPEG', () => drawPicture({ width: 1600, height: 1200 }).jpeg({ progressive: true })],
    ['JPEG of one block', () => drawPicture({ width: 8, height: 8 }).jpeg()],
  ])('takes a %s without its last marker, and adds it', async (_, draw) => {
    const made = await draw().toBuffer();
    for (const cut of [withoutEnd(made), made.subarray(0, -1)]) {
      const picture = await prepareResult(cut);
      expect((await readPixels(picture.bytes)).equals(await readPixels(made))).toBe(true);
      expect((await sharp(picture.bytes).metadata()).xmpAsString).toContain(aiMadeSourceType);
      await expectConsistent(picture);
    }
  });

  it.each([
    ['JPEG', () => drawPicture(noisy).jpeg()],
    ['progressive JPEG', () => drawPicture(noisy).jpeg({ progressive: true })],
  ])('refuses a %s that lacks pixels, of its last line too', async (_, draw) => {
    const made = await draw().toBuffer();
    for (const lost of [8, 20, 200, made.length / 2])
      await expect(prepareResult(made.subarray(0, made.length - lost))).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
      });
  });

  it.each([
    ['an AVIF', () => drawBands(320, 180).avif({ effort: 0 })],
    ['a GIF', () => drawBands(320, 180).gif()],
  ])('re-encodes %s as a WebP, with the mark', async (_, draw) => {
    const picture = await prepareResult(await draw().toBuffer());
    expect(picture).toMatchObject({ contentType: 'image/webp', extension: 'webp', width: 320, height: 180 });
    const colours = [50, 160, 270].map((x) => colourAt(picture.bytes, x, 90));
    expect(await Promise.all(colours)).toEqual(['red', 'green', 'blue']);
    expect((await sharp(picture.bytes).metadata()).xmpAsString).toContain(aiMadeSourceType);
    await expectConsistent(picture);
  });

  it('keeps every colour of a GIF, and the first of its frames', async () => {
    const frames = [
      await drawBands(30, 9).png().toBuffer(),
      await drawBands(30, 9).negate().png().toBuffer(),
    ];
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const picture = await prepareResult(gif);
    expect((await readPixels(picture.bytes)).equals(await sharp(gif).removeAlpha().raw().toBuffer())).toBe(
      true,
    );
  });

  it('keeps an animated WebP with all its frames', async () => {
    const frames = [
      await drawBands(30, 9).png().toBuffer(),
      await drawBands(30, 9).negate().png().toBuffer(),
    ];
    const made = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    const picture = await prepareResult(made);
    expect(picture).toMatchObject({ contentType: 'image/webp', width: 30, height: 9 });
    expect((await sharp(picture.bytes, { animated: true }).metadata()).pages).toBe(2);
    expect((await sharp(picture.bytes).metadata()).xmpAsString).toContain(aiMadeSourceType);
  });

  const manifest = Buffer.from(
    'jumb\0\0\0\x1fjumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0 signature',
    'latin1',
  );
  const provenance =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://example.com/a.c2pa"/></rdf:RDF></x:xmpmeta>';
  const signed: [string, () => Promise<Uint8Array>][] = [
    [
      'a JPEG',
      async () => {
        const jpeg = await drawPicture().jpeg().toBuffer();
        const segment = Buffer.concat([
          Buffer.from([0xff, 0xeb, 0, 0]),
          Buffer.from('JP\0\x01\0\0\0\x01\0\0\0\x40', 'latin1'),
          manifest,
        ]);
        segment.writeUInt16BE(segment.length - 2, 2);
        return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2), Buffer.from('trailer')]);
      },
    ],
    [
      'a PNG',
      async () => {
        const [header, ...others] = readPngChunks(await drawPicture().png().toBuffer());
        return writePngChunks([header!, createPngChunk('caBX', manifest), ...others]);
      },
    ],
    [
      'a WebP',
      async () => {
        const chunks = readWebpChunks(await drawPicture({ alpha: true }).webp().toBuffer());
        return writeWebpChunks([...chunks, { name: 'C2PA', payload: manifest }]);
      },
    ],
    ['a JPEG whose manifest lies elsewhere', () => drawPicture().withXmp(provenance).jpeg().toBuffer()],
    [
      'a PNG whose manifest lies elsewhere',
      async () => {
        const [header, ...others] = readPngChunks(await drawPicture().png().toBuffer());
        const xmp = createPngChunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${provenance}`));
        return writePngChunks([header!, xmp, ...others]);
      },
    ],
    ['a WebP whose manifest lies elsewhere', () => drawPicture().withXmp(provenance).webp().toBuffer()],
  ];
  it.each(signed)('leaves %s with Content Credentials as it is, byte for byte', async (_, make) => {
    const made = await make();
    const picture = await prepareResult(made);
    expect(Buffer.from(made).equals(picture.bytes)).toBe(true);
    expect((await sharp(picture.thumbnail).metadata()).xmpAsString).toContain(aiMadeSourceType);
    await expectConsistent(picture);
  });

  it.each(['png', 'jpeg', 'webp'] as const)(
    'marks a %s as made by AI and changes none of its pixels',
    async (format) => {
      const made = await drawPicture({ width: 640, height: 480 }).toFormat(format).toBuffer();
      const picture = await prepareResult(made);
      expect((await readPixels(picture.bytes)).equals(await readPixels(made))).toBe(true);
      expect((await sharp(picture.bytes).metadata()).xmpAsString).toContain(aiMadeSourceType);
      expect((await sharp(picture.thumbnail).metadata()).xmpAsString).toContain(aiMadeSourceType);
      expect(picture).toMatchObject({ width: 640, height: 480, contentType: `image/${format}` });
      await expectConsistent(picture);
    },
  );

  it('leaves a picture as it lies, and tells and previews it as it is shown', async () => {
    const sideways = await drawBands(300, 90).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const picture = await prepareResult(sideways);
    expect(picture).toMatchObject({ width: 90, height: 300 });
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ width: 300, height: 90, orientation: 8 });
    expect(await sharp(picture.thumbnail).metadata()).toMatchObject({ width: 90, height: 300 });
    expect(await colourAt(picture.thumbnail, 45, 20)).toBe('blue');
  });

  it('tells the same picture by the same hash', async () => {
    const made = await drawPicture().png().toBuffer();
    const [first, second] = [await prepareResult(made), await prepareResult(made)];
    expect(second).toEqual(first);
  });

  // Large, so that the thumbnail is drawn from a picture that was made smaller as it was decoded.
  const large = { width: 1600, height: 1200 };
  it.each([
    ['JPEG', () => drawPicture(large).jpeg()],
    ['progressive JPEG', () => drawPicture(large).jpeg({ progressive: true })],
    ['PNG', () => drawPicture(large).png()],
    ['interlaced PNG', () => drawPicture(large).png({ progressive: true })],
    ['WebP', () => drawPicture(large).webp()],
    ['lossless WebP', () => drawPicture(large).webp({ lossless: true })],
  ] as const)('refuses a %s that is cut in the middle or near its end', async (_, draw) => {
    const made = await draw().toBuffer();
    for (const end of [made.length / 2, made.length - 40])
      await expect(prepareResult(made.subarray(0, end))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  it('refuses what is no picture', async () => {
    await expect(prepareResult(Buffer.from('{"error":"expired"}'))).rejects.toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });
});
