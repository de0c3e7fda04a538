import { AppError } from '../../lib/errors.ts';

/** The refusal of a picture that cannot be used; `problem` completes "This image …" up to what to do about it. */
export function unreadable(problem: string): AppError {
  return new AppError('UNREADABLE_IMAGE', `This image ${problem}, or try another PNG, JPEG or WebP.`, 'file');
}

/** The refusal of bytes that begin like a picture and are not built like one. */
export function damaged(): AppError {
  return unreadable('is damaged or incomplete. Save it again');
}

/** The refusal of a file of another type. */
export function wrongType(message: string): AppError {
  return new AppError('UNSUPPORTED_MEDIA_TYPE', message, 'file');
}
