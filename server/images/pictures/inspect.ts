import { AppError } from '../../errors.ts';
import { withinCpuTime } from './cpu-time.ts';
import { maxPixels, openPicture, orUnreadable, readMetadata, unreadable } from './decoder.ts';
import { isPng } from './png-chunks.ts';

export type PictureContentType = 'image/png' | 'image/jpeg' | 'image/webp';

export interface PictureFacts {
  contentType: PictureContentType;
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

/** What the bytes begin like; names and headers are never asked. */
export function sniffContentType(bytes: Uint8Array): PictureContentType | undefined {
  const startsWith = (signature: string, at = 0) =>
    Buffer.from(bytes.subarray(at, at + signature.length)).toString('latin1') === signature;
  if (isPng(bytes)) return 'image/png';
  if (startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (startsWith('RIFF') && startsWith('WEBP', 8)) return 'image/webp';
  return undefined;
}

/**
 * What a picture claims to be, before its pixels are decoded.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE where it is no PNG, JPEG or WebP; UNREADABLE_IMAGE where it is above 40
 * megapixels, its header is damaged or it is a JPEG made to be slow
 */
export async function readClaims(bytes: Uint8Array): Promise<PictureClaims> {
  const contentType = sniffContentType(bytes);
  if (!contentType) {
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'This file is not a PNG, JPEG or WebP image. Try PNG, JPEG or WebP.',
      { field: 'file' },
    );
  }
  const { width, height, autoOrient, depth } = await readMetadata(bytes);
  if (width * height > maxPixels) throw unreadable('has more than 40 megapixels. Make it smaller');
  if (contentType === 'image/jpeg' && hasTooManyScans(bytes)) {
    throw unreadable('is built up in too many passes. Save it again');
  }
  return { contentType, width: autoOrient.width, height: autoOrient.height, isDeep: depth !== 'uchar' };
}

/**
 * What a picture is, proven by decoding all of it (of an animation, the first frame).
 * @throws {AppError} as `readClaims`, and UNREADABLE_IMAGE where it is damaged, incomplete or takes more than 5 s of CPU time
 */
export async function readPicture(bytes: Uint8Array): Promise<PictureFacts> {
  const { contentType, width, height } = await readClaims(bytes);
  await decodeFully(bytes);
  return { contentType, width, height };
}

/**
 * A progressive JPEG goes over all its pixels once a scan, of which a few bytes make one: with 2,600 of them, 400 KB take
 * half a minute, as libjpeg is not interrupted. Encoders write about ten.
 */
function hasTooManyScans(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const startOfScan = Buffer.from([0xff, 0xda]);
  let scans = 0;
  for (let at = file.indexOf(startOfScan); at >= 0; at = file.indexOf(startOfScan, at + 2)) {
    if (++scans > maxJpegScans) return true;
  }
  return false;
}

async function decodeFully(bytes: Uint8Array): Promise<void> {
  // The mean of all pixels needs every one of them, but no memory to keep them in.
  const mean = openPicture(bytes).resize({ width: 1, height: 1, fit: 'fill' }).raw();
  await withinCpuTime(decodeCpuSeconds, orUnreadable(mean.toBuffer()));
}
