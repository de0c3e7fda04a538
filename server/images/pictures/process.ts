import { createHash } from 'node:crypto';
import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { markAsAiMade } from './ai-media-mark.ts';
import { withinCpuTime } from './cpu-time.ts';
import { openPicture, orUnreadable } from './decoder.ts';
import {
  decodeCpuSeconds,
  type PictureContentType,
  type PictureFacts,
  readClaims,
  readPicture,
} from './inspect.ts';
import { readWebpChunks } from './webp-chunks.ts';

/** A picture as it is to be stored, with all that is told about it. */
export interface ProcessedPicture extends PictureFacts {
  bytes: Uint8Array;
  extension: 'png' | 'jpg' | 'webp';
  /** A WebP whose longer side is 400 pixels, or less where the picture is smaller. */
  thumbnail: Uint8Array;
  /** Base64 ThumbHash. */
  thumbhash: string;
  /** Of the bytes, hexadecimal. */
  sha256: string;
}

const extensions = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const;
const thumbnailPixels = 400;
const thumbhashPixels = 100;
const encodeCpuSeconds = 20;

/**
 * An upload made safe to keep and show: turned upright, without metadata, in sRGB of 8 bits, and encoded anew in its own
 * format, so that nothing is stored as it was received.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE, as `readPicture`
 */
export async function cleanUpload(bytes: Uint8Array): Promise<ProcessedPicture> {
  // Apart from encoding, so that the time of decoding is bounded more tightly.
  const { contentType } = await readPicture(bytes);
  return withinCpuTime(encodeCpuSeconds, encodeUpload(bytes, contentType));
}

async function encodeUpload(bytes: Uint8Array, contentType: PictureContentType): Promise<ProcessedPicture> {
  const { data, info } = await orUnreadable(
    encodeAnew(bytes, contentType).toBuffer({ resolveWithObject: true }),
  );
  return complete(data, { contentType, width: info.width, height: info.height }, await preview(data));
}

/**
 * A provider's picture, verified and with the mark of AI-made media; its pixels stay as they came.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UNREADABLE_IMAGE, as `readPicture`
 */
export async function keepResult(bytes: Uint8Array): Promise<ProcessedPicture> {
  const { contentType, width, height } = await readClaims(bytes);
  const marked = markAsAiMade(bytes, contentType);
  // Drawn from every pixel, so that it proves the picture without a decoding of its own.
  const { thumbnail, thumbhash } = await withinCpuTime(decodeCpuSeconds, preview(marked));
  return complete(
    marked,
    { contentType, width, height },
    { thumbnail: markAsAiMade(thumbnail, 'image/webp'), thumbhash },
  );
}

function encodeAnew(bytes: Uint8Array, contentType: PictureContentType): Sharp {
  const picture = openPicture(bytes).autoOrient();
  switch (contentType) {
    case 'image/png':
      return picture.png();
    case 'image/jpeg':
      // Optimised codes would save a few per cent, and hold 6 bytes a pixel until the last line.
      return picture.jpeg({ quality: 92, chromaSubsampling: '4:4:4', optimiseCoding: false });
    case 'image/webp':
      return picture.webp({ quality: 92, lossless: isLosslessWebp(bytes) });
  }
}

function isLosslessWebp(bytes: Uint8Array): boolean {
  return readWebpChunks(bytes).some(({ name }) => name === 'VP8L');
}

async function preview(bytes: Uint8Array): Promise<Pick<ProcessedPicture, 'thumbnail' | 'thumbhash'>> {
  const within = (pixels: number) =>
    ({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true }) as const;
  const small = openPicture(bytes).autoOrient().resize(within(thumbnailPixels)).webp({ quality: 75 });
  const thumbnail = await orUnreadable(small.toBuffer());
  const { data, info } = await openPicture(thumbnail)
    .resize(within(thumbhashPixels))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const thumbhash = Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
  return { thumbnail, thumbhash };
}

function complete(
  bytes: Uint8Array,
  facts: PictureFacts,
  seen: Pick<ProcessedPicture, 'thumbnail' | 'thumbhash'>,
): ProcessedPicture {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, ...facts, ...seen, extension: extensions[facts.contentType], sha256 };
}
