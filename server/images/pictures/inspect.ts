import { AppError } from '../../lib/errors.ts';
import { type ReadableContentType, sniffContentType, uploadTypes } from './content-type.ts';
import { withinCpuTime } from './cpu-time.ts';
import { maxPixels, openPicture, orUnreadable, readMetadata, unreadable } from './decoder.ts';
import { isJpeg, readJpegStructure } from './jpeg.ts';

export interface PictureFacts {
  contentType: ReadableContentType;
  /** Pixels, as shown: with the EXIF orientation applied. */
  width: number;
  height: number;
}

/** What a picture claims before its pixels are decoded. */
export interface PictureClaims extends PictureFacts {
  /** More than 8 bits a channel. */
  isDeep: boolean;
}

/** CPU time to read all pixels of a picture of unknown origin. */
export const decodeCpuSeconds = 5;
const maxJpegScans = 100;
const MP = 1_000_000;

/**
 * What a picture claims to be, before its pixels are decoded.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE where its type is not accepted; UPLOAD_TOO_LARGE where it is above 40 megapixels;
 * UNREADABLE_IMAGE where its header is damaged
 */
export async function readClaims(
  bytes: Uint8Array,
  accepted: readonly ReadableContentType[] = uploadTypes,
): Promise<PictureClaims> {
  const contentType = sniffContentType(bytes);
  // libvips comes without a HEVC decoder, whose patents need a licence.
  if (contentType === 'image/heic')
    throw wrongType('This is a HEIC photo, which cannot be read here. Save or export it as JPEG.');
  if (!contentType || !accepted.includes(contentType))
    throw wrongType('This file is not a PNG, JPEG, WebP or AVIF image. Try PNG, JPEG or WebP.');
  const { width, height, autoOrient, depth } = await readMetadata(bytes);
  if (width * height > maxPixels)
    throw new AppError(
      'UPLOAD_TOO_LARGE',
      `This image has ${Math.ceil((width * height) / MP)} megapixels. Each image can have up to ${maxPixels / MP}: make it smaller.`,
      'file',
      { maxPixels },
    );
  return { contentType, width: autoOrient.width, height: autoOrient.height, isDeep: depth !== 'uchar' };
}

/**
 * What a picture is, proven by decoding all of it (of an animation, the first frame).
 * @throws {AppError} as `readClaims`, and UNREADABLE_IMAGE where it is damaged, incomplete or takes more than 5 s of CPU time
 */
export async function readPicture(
  bytes: Uint8Array,
  accepted?: readonly ReadableContentType[],
): Promise<PictureFacts> {
  const { contentType, width, height } = await readClaims(bytes, accepted);
  refuseManyScans(bytes);
  await decodeFully(bytes);
  return { contentType, width, height };
}

/**
 * A progressive JPEG goes over all its pixels once a scan, of which a few bytes make one: with 2,600 of them, 400 KB take
 * half a minute. Encoders write about ten.
 * @throws {AppError} UNREADABLE_IMAGE where a JPEG has more than 100
 */
export function refuseManyScans(bytes: Uint8Array): void {
  if (isJpeg(bytes) && readJpegStructure(bytes).scans > maxJpegScans)
    throw unreadable('is built up in too many passes. Save it again');
}

async function decodeFully(bytes: Uint8Array): Promise<void> {
  // The mean of all pixels needs every one of them, but no memory to keep them in.
  const mean = openPicture(bytes).resize({ width: 1, height: 1, fit: 'fill' }).raw();
  await withinCpuTime(decodeCpuSeconds, orUnreadable(mean.toBuffer()));
}

function wrongType(message: string): AppError {
  return new AppError('UNSUPPORTED_MEDIA_TYPE', message, 'file');
}
