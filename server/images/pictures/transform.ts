import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { markAsAiMade } from './ai-media-mark.ts';
import { hasContentCredentials } from './content-credentials.ts';
import { isStoredType, type PictureContentType, resultTypes } from './content-type.ts';
import { withinCpuTime } from './cpu-time.ts';
import { openPicture, orUnreadable } from './decoder.ts';
import { type Encoded, encodeResult, encodeUpload } from './encode.ts';
import { decodeCpuSeconds, type PictureFacts, readClaims, readPicture, refuseManyScans } from './inspect.ts';
import { withEndOfImage } from './jpeg-end.ts';

/** A picture as it is stored, with its metadata. */
export interface ProcessedPicture extends PictureFacts {
  contentType: PictureContentType;
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
 * Makes an upload safe to store and show: turned upright, without metadata, in sRGB of 8 bits, and re-encoded, so that
 * nothing is stored as it was received. It retains its format where that makes it no larger; see `encode.ts`.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UPLOAD_TOO_LARGE, UNREADABLE_IMAGE, as `readPicture` and `encodeUpload`
 */
export async function cleanUpload(received: Uint8Array): Promise<ProcessedPicture> {
  const bytes = await withinCpuTime(decodeCpuSeconds, withEndOfImage(received));
  const { contentType } = await readClaims(bytes);
  refuseManyScans(bytes);
  // Before encoding, so that the time of decoding is bounded more tightly.
  const seen = await withinCpuTime(decodeCpuSeconds, preview(bytes));
  return complete(await withinCpuTime(encodeCpuSeconds, encodeUpload(bytes, contentType)), seen);
}

/**
 * Verifies a provider's picture and adds the mark of AI-made media; its pixels are unchanged. Where Content Credentials
 * sign the file, no byte of it changes: they hold such a mark themselves. An AVIF or GIF is re-encoded as WebP, of an
 * animated GIF the first frame.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE, UPLOAD_TOO_LARGE, UNREADABLE_IMAGE, as `readPicture`
 */
export async function prepareResult(received: Uint8Array): Promise<ProcessedPicture> {
  const { contentType, width, height } = await readClaims(received, resultTypes);
  if (!isStoredType(contentType)) {
    await readPicture(received, resultTypes);
    const work = async () => withMark(await encodeResult(received, contentType));
    return withinCpuTime(encodeCpuSeconds, work());
  }
  refuseManyScans(received);
  const isSigned = hasContentCredentials(received, contentType);
  const bytes = await withinCpuTime(decodeCpuSeconds, withEndOfImage(received));
  const picture = { bytes, contentType, width, height };
  if (!isSigned) return withinCpuTime(decodeCpuSeconds, withMark(picture));
  return complete(
    { ...picture, bytes: received },
    await withinCpuTime(decodeCpuSeconds, markedPreview(bytes)),
  );
}

async function withMark(picture: Encoded): Promise<ProcessedPicture> {
  const marked = markAsAiMade(picture.bytes, picture.contentType);
  return complete({ ...picture, bytes: marked }, await markedPreview(marked));
}

type Preview = Pick<ProcessedPicture, 'thumbnail' | 'thumbhash'>;

async function markedPreview(bytes: Uint8Array): Promise<Preview> {
  const { thumbnail, thumbhash } = await preview(bytes);
  return { thumbnail: markAsAiMade(thumbnail, 'image/webp'), thumbhash };
}

/**
 * Drawn from every pixel, so that it proves the picture without a decoding of its own.
 * @throws {AppError} UNREADABLE_IMAGE where it is damaged or incomplete
 */
async function preview(bytes: Uint8Array): Promise<Preview> {
  const within = (pixels: number) =>
    ({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true }) as const;
  const small = openPicture(bytes).autoOrient().resize(within(thumbnailPixels)).toColourspace('srgb').raw();
  const { data: pixels, info: raw } = await orUnreadable(small.toBuffer({ resolveWithObject: true }));
  const thumbnail = await sharp(pixels, { raw }).webp({ quality: 75 }).toBuffer();
  const { data, info } = await sharp(pixels, { raw })
    .resize(within(thumbhashPixels))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const thumbhash = Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
  return { thumbnail, thumbhash };
}

function complete(picture: Encoded, seen: Preview): ProcessedPicture {
  const sha256 = createHash('sha256').update(picture.bytes).digest('hex');
  return { ...picture, ...seen, extension: extensions[picture.contentType], sha256 };
}
