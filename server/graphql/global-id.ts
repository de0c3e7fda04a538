import { AppError } from '../lib/errors.ts';

/** The type and row that a global id names; undefined where it is malformed. */
export function readGlobalId(globalId: string): { typename: string; id: string } | undefined {
  // Does not throw: a list may hold thousands of ids.
  const text = Buffer.from(globalId, 'base64').toString();
  const [typename = ''] = text.split(':', 1);
  const id = text.slice(typename.length + 1);
  return id.length > 0 && id.length <= 200 && !id.includes('\0') ? { typename, id } : undefined;
}

/** The row's id, where the global id is well formed and of that type; undefined otherwise. */
export function localId(globalId: string, typename: string): string | undefined {
  const read = readGlobalId(globalId);
  return read?.typename === typename ? read.id : undefined;
}

/** The id in a cursor; a client can send any other value. @throws {AppError} INVALID_INPUT */
export function checkedCursor(id: unknown): string {
  if (typeof id === 'string' && !id.includes('\0')) return id;
  throw new AppError('INVALID_INPUT', 'A cursor is one that a page of this list gave.');
}

/** The global id of a row, as the API shows it. */
export function toGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64');
}
