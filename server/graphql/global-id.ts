/** Global ids: opaque to clients, unique over all types, and checked when they come back. */

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
