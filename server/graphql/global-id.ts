/** Global ids: opaque to callers, unique over all types, and checked when they come back. */
const typenames = ['CreditEntry', 'Image', 'Model', 'Provider', 'Task', 'Viewer'] as const;
type Typename = (typeof typenames)[number];

/** Names no row: what is no global id of ours is answered like the id of something missing. */
const missing = { typename: 'Task', id: '-' } as const;

/** The type and row that a global id names; a row that there is not, where it is malformed. */
export function readGlobalId(globalId: string): { typename: Typename; id: string } {
  // Nothing is thrown on the way: a list may hold thousands of ids.
  const text = Buffer.from(globalId, 'base64').toString();
  const [typename] = text.split(':', 1);
  const id = text.slice(typename!.length + 1);
  const isText = id.length > 0 && id.length <= 200 && !id.includes('\0');
  return isText && typenames.includes(typename as Typename)
    ? { typename: typename as Typename, id }
    : missing;
}

/** The row's id, where the global id is well formed and of that type; undefined otherwise. */
export function localId(globalId: string, typename: Typename): string | undefined {
  const read = readGlobalId(globalId);
  return read.typename === typename && read !== missing ? read.id : undefined;
}
