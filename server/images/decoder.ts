import sharp, { type Sharp } from 'sharp';
import { AppError } from '../errors.ts';

// Every picture is new, so that libvips' cache of past operations would only hold on to memory.
sharp.cache(false);

/** Pictures above this are not decoded: their pixels alone would fill the memory of the process. */
export const maxPixels = 40_000_000;

/** The picture in these bytes, for sharp: the first frame where there are several. Damage makes its pipeline reject. */
export function openPicture(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' });
}

/**
 * The result of a sharp pipeline, which reads a picture of unknown origin.
 * @throws {AppError} UNREADABLE_IMAGE, whatever sharp rejects with
 */
export async function orUnreadable<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    // sharp has no error codes; this is the message of its `timeout`.
    const isSlow = error instanceof Error && error.message.startsWith('timeout');
    throw isSlow ? unreadable('takes too long to read. Make it smaller') : damaged();
  }
}

/** A picture's header is cheap to read at any size, so that its claims can be checked before its pixels are touched. */
export function readMetadata(bytes: Uint8Array) {
  return orUnreadable(sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata());
}

/** The refusal of a picture that cannot be used; `fault` completes "This image …" up to what to do about it. */
export function unreadable(fault: string): AppError {
  return new AppError('UNREADABLE_IMAGE', `This image ${fault}, or try another PNG, JPEG or WebP.`, {
    field: 'file',
  });
}

/** The refusal of bytes that begin like a picture and are not built like one. */
export function damaged(): AppError {
  return unreadable('is damaged or incomplete. Save it again');
}
