/** Larger files are not compared: reading them takes longer than sending them twice. */
const maxComparedBytes = 64 * 1024 * 1024;

/** The id of the first item with the same bytes; undefined if there is none. `files` may hold more than `items`. */
export async function twinOf(
  file: File,
  items: readonly { id: string }[],
  files: ReadonlyMap<string, File>,
): Promise<string | undefined> {
  const candidates = items
    .flatMap(({ id }) => (files.has(id) ? [[id, files.get(id)!] as const] : []))
    .filter(([, other]) => other.size === file.size);
  if (candidates.length === 0 || file.size > maxComparedBytes) return undefined;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (const [id, candidate] of candidates) {
      const known = new Uint8Array(await candidate.arrayBuffer());
      if (bytes.every((byte, index) => byte === known[index])) return id;
    }
  } catch {
    // An unreadable file is reported when it is checked.
  }
  return undefined;
}
