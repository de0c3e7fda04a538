import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createFileLinks, type FileLinkOptions } from './file-link.ts';
import { assertKey, isKey, type ImageStorage, ObjectNotFound, type StoredObject } from './storage.ts';

export interface LocalStorageOptions extends FileLinkOptions {
  /** Made at the first write. */
  folder: string;
}

/** The path of a key's file. @throws {InvalidKey} */
function filePath(folder: string, key: string): string {
  assertKey(key);
  // The tilde, which no key contains, keeps the file of `a` apart from the folder of `a/b`.
  return join(folder, key.includes('.') ? key : `${key}~`);
}

/**
 * Pictures as files in a folder. A key's extension stands for its content type. Bytes go to a temporary file, reach the
 * disk, and only then take the key's name, so that neither a reader nor a crash ever finds half a picture.
 */
export function createLocalStorage(options: LocalStorageOptions): ImageStorage {
  const link = createFileLinks(options);
  const folder = resolve(options.folder);
  const writeIncoming = createIncoming(folder, options.clock ?? Date.now);

  return {
    async put(key, bytes) {
      const path = filePath(folder, key);
      const incoming = await writeIncoming(bytes);
      try {
        const firstMade = await mkdir(dirname(path), { recursive: true });
        await rename(incoming, path);
        await syncFolders(dirname(path), dirname(firstMade ?? path));
      } catch (error) {
        await rm(incoming, { force: true });
        throw error;
      }
    },

    get: (key) => orNotFound(key, () => readFile(filePath(folder, key))),

    async delete(key) {
      await rm(filePath(folder, key), { force: true });
    },

    list: (listed) => listFiles(folder, listed),

    url: (key) => link(key),

    async open(key) {
      const file = await orNotFound(key, () => open(filePath(folder, key), 'r'));
      const { size, mtimeNs } = await file.stat({ bigint: true });
      return {
        byteSize: Number(size),
        etag: `"${size.toString(36)}-${mtimeNs.toString(36)}"`,
        bytes: file.createReadStream(),
      };
    },

    async check() {
      const path = await writeIncoming(Buffer.from('check'));
      try {
        await readFile(path);
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

/** Writes bytes to temporary files, flushed to the disk. The first write deletes what a killed process left. */
function createIncoming(folder: string, clock: () => number): (bytes: Uint8Array) => Promise<string> {
  // A name no key can have, on the same file system as the keys: there a rename is atomic.
  const incomingFolder = join(folder, '.incoming');
  let leftoversRemoved: Promise<void> | undefined;
  return async (bytes) => {
    await mkdir(incomingFolder, { recursive: true });
    await (leftoversRemoved ??= removeLeftovers(incomingFolder, clock()));
    const path = join(incomingFolder, randomUUID());
    const file = await open(path, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return path;
  };
}

async function* listFiles(folder: string, listed: string): AsyncGenerator<StoredObject> {
  assertKey(listed);
  const entries = await readdir(join(folder, listed), { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    },
  );
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path).split(sep).join('/').replace(/~$/, '');
    const details = entry.isFile() && isKey(key) ? await stat(path).catch(() => undefined) : undefined;
    if (details) yield { key, storedAt: details.mtime };
  }
}

/** @throws {ObjectNotFound} where `read` finds no file */
async function orNotFound<Result>(key: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw isMissing(error) ? new ObjectNotFound(`Nothing is stored under ${key}`) : error;
  }
}

/** Whether a file-system error says that there is no such file. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A process that was killed while writing leaves its temporary files; they are deleted after an hour. */
async function removeLeftovers(incomingFolder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(incomingFolder)) {
    const path = join(incomingFolder, name);
    const details = await stat(path).catch(() => undefined);
    if (details && details.mtimeMs < nowMs - 3_600_000) await rm(path, { force: true });
  }
}

/** Makes the names in a folder, and in its parents up to `outermost`, survive a power failure: fsync(2). */
async function syncFolders(innermost: string, outermost: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = await open(innermost, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (innermost !== outermost) await syncFolders(dirname(innermost), outermost);
}
