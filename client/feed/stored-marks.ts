/** Marks that version 0.2.0 kept in the browser. */
import type { CombinedError } from '@urql/core';
import { refusalOf } from '../api/errors.ts';

interface MoveOptions {
  /** Marks the image in the account; resolves to the error where it was not stored. */
  move: (imageId: string) => Promise<CombinedError | undefined>;
  storage: Storage | undefined;
  viewerId: string;
  /** Aborts when the page is no longer that user's. */
  signal: AbortSignal;
}

/**
 * Moves the marks of the user to the account, once; what is not stored is left for the next visit. Storage may be forbidden,
 * and its content damaged.
 */
export async function moveStoredMarks({ move, storage, viewerId, signal }: MoveOptions): Promise<void> {
  const key = `proofsheet.marks.${viewerId}`;
  // Each time, as another tab may be at it.
  const read = () => {
    const ids: unknown = JSON.parse(storage?.getItem(key) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  };
  try {
    for (let [id] = read(); id !== undefined; [id] = read()) {
      const error = await move(id);
      if (signal.aborted || (error && refusalOf(error)?.code !== 'NOT_FOUND')) return;
      storage?.setItem(key, JSON.stringify(read().filter((other) => other !== id)));
    }
    storage?.removeItem(key);
  } catch {
    // The marks stay where they are.
  }
}
