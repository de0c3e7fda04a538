import { AppError } from '../lib/errors.ts';

/** The id in a cursor; a client can send any other value. @throws {AppError} INVALID_INPUT */
export function checkedCursor(id: unknown): string {
  if (typeof id === 'string' && !id.includes('\0')) return id;
  throw new AppError('INVALID_INPUT', 'A cursor is one that a page of this list gave.');
}
