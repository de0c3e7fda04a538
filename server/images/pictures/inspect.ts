import { AppError } from '../../lib/errors.ts';
import { acceptedContentType, type ReadableContentType, uploadTypes } from './content-type.ts';
import { withinCpuTime } from './cpu-time.ts';
import { maxPixels, openPicture, orUnreadable, readMetadata } from './decoder.ts';
import { isJpeg, readJpegStructure } from './jpeg.ts';
import { unreadable } from './refusals.ts';

export interface PictureFacts {
  contentType: ReadableContentType;
  /** Pixels, as shown: with the EXIF orientation applied. */
  width: number;
  height: number;
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
): Promise<PictureFacts> {
  const contentType = acceptedContentType(bytes, accepted);
  const { width, height, autoOrient } = await readMetadata(bytes);
  if (width * height > maxPixels)
    throw new AppError(
      'UPLOAD_TOO_LARGE',
      `This image has ${Math.ceil((width * height) / MP)} megapixels. Each image can have up to ${maxPixels / MP}: make it smaller.`,
      'file',
      { maxPixels },
    );
  return { contentType, width: autoOrient.width, height: autoOrient.height };
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
