import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from './json.ts';
import type { SandboxLog } from './log.ts';

/** The content of a record: JSON, and with some records the bytes that it describes. */
export interface WrittenRecord {
  content: JsonObject;
  bytes?: Buffer;
}

/** A record as it was read, which may have been written by another version of this program. */
export interface FoundRecord {
  key: string;
  content: unknown;
  bytes?: Buffer;
}

/** Records outlive the process. No method throws: where the folder cannot be used, that is logged and nothing is written. */
export interface Records {
  /** All records of a store, oldest first. */
  read(store: string): FoundRecord[];
  write(store: string, key: string, createdAt: number, record: WrittenRecord): void;
  remove(store: string, key: string): void;
  close(): void;
}

/** Pages of removed records are overwritten and returned to the file system. */
const schema = `
  PRAGMA auto_vacuum = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS record (
    store TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at REAL NOT NULL,
    content TEXT NOT NULL,
    bytes BLOB,
    PRIMARY KEY (store, key)
  ) STRICT, WITHOUT ROWID;
`;
const busyTimeoutMs = 1000;

/** Opens the table in a folder, which is created where it is missing. Writes nothing where `folder` is undefined. */
export function openRecords({ folder, log }: { folder: string | undefined; log: SandboxLog }): Records {
  let failing = false;

  /** Logs one line for a series of failures, such as the writes to a full disk. */
  function attempt<Result>(work: () => Result, otherwise: Result): Result {
    try {
      const result = work();
      failing = false;
      return result;
    } catch (error) {
      if (!failing) log('what the sandbox holds is not kept: its folder cannot be used', { error });
      failing = true;
      return otherwise;
    }
  }

  const database = folder === undefined ? undefined : attempt(() => openDatabase(folder), undefined);
  if (!database) return { read: () => [], write: () => {}, remove: () => {}, close: () => {} };

  const select = database.prepare(
    'SELECT key, content, bytes FROM record WHERE store = ? ORDER BY created_at',
  );
  const upsert = database.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM record WHERE store = ? AND key = ?');
  return {
    read: (store) => attempt(() => select.all(store).map(readRow), []),
    write: (store, key, createdAt, { content, bytes = null }) =>
      attempt(() => void upsert.run(store, key, createdAt, JSON.stringify(content), bytes), undefined),
    remove: (store, key) => attempt(() => void remove.run(store, key), undefined),
    close: () => attempt(() => database.close(), undefined),
  };
}

function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(path.join(folder, 'sandbox.sqlite'), { timeout: busyTimeoutMs });
  database.exec(schema);
  return database;
}

function readRow({ key, content, bytes }: Record<string, unknown>): FoundRecord {
  const found = { key: String(key), content: parse(String(content)) };
  return bytes instanceof Uint8Array ? { ...found, bytes: Buffer.from(bytes) } : found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
