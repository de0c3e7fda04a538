/** Global ids: opaque to callers, unique over all types, and checked when they come back. */
import { decodeGlobalID } from '@pothos/plugin-relay';

/** The row's id, where the global id is well formed and of that type; undefined otherwise. */
export function localId(globalId: string, typename: string): string | undefined {
  try {
    const decoded = decodeGlobalID(globalId);
    return decoded.typename === typename && isRowId(decoded.id) ? decoded.id : undefined;
  } catch {
    return undefined;
  }
}

/** A row's id is text that the database can hold. */
export function isRowId(id: string): boolean {
  return id.length > 0 && id.length <= 100 && !id.includes('\0');
}
