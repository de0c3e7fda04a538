import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from './json.ts';
import type { SandboxLog } from './sandbox-log.ts';

/** What is kept under one name: JSON, and with some records the bytes it tells of. */
export interface KeptRecord {
  content: JsonObject;
  bytes?: Buffer;
}

/** A record as it was read, which may have been written by another version of this program. */
export interface FoundRecord {
  name: string;
  content: unknown;
  bytes?: Buffer;
}

/** Records in files. Nothing here rejects: a folder that cannot be used is logged, and its records are not kept. */
export interface RecordFolder {
  /** All records, once, before anything is written. Removes what a killed process left half written. */
  read(): Promise<FoundRecord[]>;
  /** Writes in the background; whole or not at all, whenever the process ends. */
  write(name: string, record: KeptRecord): void;
  /** Removes in the background. */
  remove(name: string): void;
  /** Resolves when what was asked for by now is done, with the one name or with all. */
  idle(name?: string): Promise<void>;
}

const contentEnd = '.json';
const bytesEnd = '.bytes';
const readAtOnce = 32;
/** Another process may be in the middle of writing what is younger. */
const leftoverAgeMs = 60 * 60 * 1000;

/** Keeps nothing where `folder` is undefined. */
export function createRecordFolder({
  folder,
  log,
}: {
  folder: string | undefined;
  log: SandboxLog;
}): RecordFolder {
  if (folder === undefined) {
    return { read: async () => [], write: () => {}, remove: () => {}, idle: async () => {} };
  }
  const root = folder;
  const pending = new Map<string, Promise<void>>();
  let failing = false;

  function fail(error: unknown) {
    // A full disk fails every write; one line tells of them all.
    if (!failing) log('what the sandbox holds is not kept: its folder cannot be used', { error });
    failing = true;
  }

  /** One after the other for each name, so that the last one asked for stays. */
  function inTurn(name: string, work: () => Promise<void>) {
    const done = (pending.get(name) ?? Promise.resolve())
      .then(work)
      .then(() => void (failing = false), fail)
      .finally(() => pending.get(name) === done && pending.delete(name));
    pending.set(name, done);
  }

  async function place(file: string, data: string | Buffer) {
    const temporary = path.join(root, `${file}.${randomUUID()}`);
    await writeFile(temporary, data);
    await rename(temporary, path.join(root, file));
  }

  async function removeFiles(name: string) {
    // The content goes first: without it the bytes are a leftover.
    await rm(path.join(root, name + contentEnd), { force: true });
    await rm(path.join(root, name + bytesEnd), { force: true });
  }

  async function readOne(name: string, hasBytes: boolean): Promise<FoundRecord | undefined> {
    try {
      const content: unknown = JSON.parse(await readFile(path.join(root, name + contentEnd), 'utf8'));
      return { name, content, ...(hasBytes && { bytes: await readFile(path.join(root, name + bytesEnd)) }) };
    } catch (error) {
      log('a record of the sandbox cannot be read', { error });
      await removeFiles(name);
      return undefined;
    }
  }

  async function removeLeftover(file: string) {
    const { mtimeMs } = await stat(path.join(root, file));
    if (Date.now() - mtimeMs > leftoverAgeMs) await rm(path.join(root, file), { force: true });
  }

  return {
    async read() {
      const found: (FoundRecord | undefined)[] = [];
      try {
        await mkdir(root, { recursive: true });
        const files = new Set(await readdir(root));
        const names = [...files]
          .filter((file) => file.endsWith(contentEnd))
          .map((file) => file.slice(0, -contentEnd.length));
        for (let start = 0; start < names.length; start += readAtOnce) {
          const some = names.slice(start, start + readAtOnce);
          found.push(...(await Promise.all(some.map((name) => readOne(name, files.has(name + bytesEnd))))));
        }
        for (const name of names) {
          files.delete(name + contentEnd);
          files.delete(name + bytesEnd);
        }
        for (const file of files) await removeLeftover(file);
      } catch (error) {
        fail(error);
      }
      return found.filter((record) => record !== undefined);
    },

    write(name, { content, bytes }) {
      const text = JSON.stringify(content);
      inTurn(name, async () => {
        if (bytes) await place(name + bytesEnd, bytes);
        await place(name + contentEnd, text);
      });
    },

    remove: (name) => inTurn(name, () => removeFiles(name)),

    async idle(name) {
      await (name === undefined ? Promise.all(pending.values()) : pending.get(name));
    },
  };
}
