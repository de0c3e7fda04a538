/**
 * A migrated, empty embedded database as a file, which `npm run build` makes: unpacking it takes a fraction of the time and
 * memory of `initdb` and the migrations. It has no rows, and so neither an installation's id nor a secret.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { applyMigrations, migrationsFolder, readMigrations } from './migrate.ts';
import { openPglite, pgliteMigrationTarget } from './pglite.ts';

/** Where the build writes it. */
export const builtSnapshots = path.resolve(import.meta.dirname, '../../dist/database');

/** Names these migrations and this version of PGlite. */
export async function snapshotName(): Promise<string> {
  const { migrationDirectories } = await readMigrations(migrationsFolder);
  const pgliteManifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  const hash = createHash('sha256').update(JSON.stringify(migrationDirectories));
  hash.update(await readFile(fileURLToPath(pgliteManifest)));
  return hash.digest('hex').slice(0, 16);
}

/** @returns a tar archive, which `openPglite` also loads */
export async function makeSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const { pglite, close } = await openPglite();
  try {
    await applyMigrations(pgliteMigrationTarget(pglite));
    // What opens the copy has nothing to recover from the log.
    await pglite.exec('CHECKPOINT');
    return new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer());
  } finally {
    await close();
  }
}

/** Writes the snapshot into the folder in place of all others, unless it is there. */
export async function writeSnapshotFile(folder: string): Promise<void> {
  const file = path.join(folder, `${await snapshotName()}.tar.gz`);
  if (existsSync(file)) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, await promisify(gzip)(await makeSnapshot()));
  await rename(unfinished, file);
}

/**
 * Makes a database from the snapshot in the folder `from`.
 * @returns false, and leaves everything as it is, where `folder` exists or no snapshot has these migrations
 * @throws {Error} Where the snapshot cannot be read or unpacked; everything is as it was
 */
export async function unpackSnapshotFile(from: string, folder: string): Promise<boolean> {
  if (existsSync(folder)) return false;
  const file = path.join(from, `${await snapshotName()}.tar.gz`);
  if (!existsSync(file)) return false;
  unpackSnapshot(await promisify(gunzip)(await readFile(file)), folder);
  return true;
}

/** Makes the folder, which must not exist, whole or not at all. */
export function unpackSnapshot(archive: Uint8Array, folder: string): void {
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(unfinished, { recursive: true, mode: ownerOnly });
    // A thousand files, for which asynchronous calls take three times the CPU time.
    for (const { name, content } of tarEntries(archive)) {
      const target = path.join(unfinished, name);
      if (content) writeFileSync(target, content, { mode: 0o600 });
      else mkdirSync(target, { recursive: true, mode: ownerOnly });
    }
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

const ownerOnly = 0o700;
const blockBytes = 512;

/** The entries of an archive in POSIX's format ustar, parents first: folders are those without content. */
function* tarEntries(archive: Uint8Array): Generator<{ name: string; content?: Uint8Array }> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const text = (at: number, length: number) =>
    bytes.toString('latin1', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const prefix = text(at + 345, 155);
    const name = prefix ? `${prefix}/${text(at, 100)}` : text(at, 100);
    const size = Number.parseInt(text(at + 124, 12), 8);
    const start = at + blockBytes;
    if (!(start + size <= bytes.length)) throw new Error('The snapshot of the database is damaged.');
    yield text(at + 156, 1) === '5' ? { name } : { name, content: bytes.subarray(start, start + size) };
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
}
