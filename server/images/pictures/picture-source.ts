import { readFile } from 'node:fs/promises';

/** The bytes of a picture, or the file in which they lie until the work on it has ended. */
export type PictureSource = Uint8Array | { path: string };

export async function readSource(source: PictureSource): Promise<Uint8Array> {
  return source instanceof Uint8Array ? source : readFile(source.path);
}
