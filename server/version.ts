import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The version of this release. */
export async function readVersion(): Promise<string> {
  const manifest = await readFile(path.join(import.meta.dirname, '../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
