import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { type JsonObject, parseJson } from './json.ts';
import type { SandboxLog } from './pace.ts';

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

export type Records = ReturnType<typeof openRecords>;

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

/**
 * Opens the table of records, which outlive the process, in a folder, which is created where it is missing. No method
 * throws: where `folder` is undefined nothing is written; where it cannot be used, that is logged too.
 */
export function openRecords({ folder, log }: { folder: string | undefined; log: SandboxLog }) {
  let failing = false;

  /** Logs one line for a series of failures, such as the writes to a full disk. */
  function attempt<Result>(work: () => Result): Result | undefined {
    try {
      const result = work();
      failing = false;
      return result;
    } catch (error) {
      if (!failing) log('what the sandbox holds is not kept: its folder cannot be used', { error });
      failing = true;
      return undefined;
    }
  }

  const database = folder === undefined ? undefined : attempt(() => openDatabase(folder));
  const select = database?.prepare(
    'SELECT key, content, bytes FROM record WHERE store = ? ORDER BY created_at',
  );
  const upsert = database?.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)');
  const remove = database?.prepare('DELETE FROM record WHERE store = ? AND key = ?');
  return {
    /** All records of a store, oldest first. */
    read: (store: string): FoundRecord[] => attempt(() => select?.all(store).map(readRow)) ?? [],
    write(store: string, key: string, createdAt: number, { content, bytes }: WrittenRecord) {
      attempt(() => upsert?.run(store, key, createdAt, JSON.stringify(content), bytes ?? null));
    },
    remove: (store: string, key: string) => void attempt(() => remove?.run(store, key)),
    close: () => attempt(() => database?.close()),
  };
}

function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(path.join(folder, 'sandbox.sqlite'), { timeout: busyTimeoutMs });
  database.exec(schema);
  return database;
}

function readRow({ key, content, bytes }: Record<string, unknown>): FoundRecord {
  const found = { key: String(key), content: parseJson(String(content)) };
  return bytes instanceof Uint8Array ? { ...found, bytes: Buffer.from(bytes) } : found;
}

/**
 * Opens a store with the values of its records: values with a lifetime and a total size, of which the oldest are evicted
 * first. Instants are milliseconds since 1970.
 */
export function openStore<Value extends { createdAt: number }>(options: {
  /** Separates its records from those of other stores. */
  name: string;
  records: Records;
  encode: (value: Value) => WrittenRecord;
  /** Undefined where the record cannot be understood. */
  decode: (record: FoundRecord) => Value | undefined;
  lifetimeMs: number;
  maxBytes: number;
  sizeOf: (value: Value) => number;
  now: () => number;
}) {
  const { name, records, maxBytes } = options;
  const cache = new LRUCache<string, Value>({
    maxSize: maxBytes,
    // The newest is stored even where it alone is too large.
    sizeCalculation: (value) => Math.max(1, Math.min(maxBytes, options.sizeOf(value))),
    // The cache lets a value live for one millisecond more than its `ttl`.
    ttl: options.lifetimeMs - 1,
    ttlResolution: 0,
    perf: { now: options.now },
    dispose: (_value, key, reason) => {
      if (reason !== 'set') records.remove(name, key);
    },
  });
  const set = (key: string, value: Value) => cache.set(key, value, { start: value.createdAt });
  const write = (key: string, value: Value) =>
    records.write(name, key, value.createdAt, options.encode(value));
  // Reading must not make a value younger: the oldest make room.
  const get = (key: string) => cache.peek(key);

  for (const record of records.read(name)) {
    const value = options.decode(record);
    if (value) set(record.key, value);
    else records.remove(name, record.key);
  }
  cache.purgeStale();

  return {
    add(key: string, value: Value) {
      write(key, value);
      set(key, value);
    },
    /** Writes a value again after a change; does nothing where it is no longer stored. */
    save(key: string) {
      const value = get(key);
      if (value) write(key, value);
    },
    /** Undefined where it was never added, has expired or was evicted. */
    get,
    delete: (key: string): boolean => cache.delete(key),
    /** All stored values, oldest first. */
    values: (): Value[] => [...cache.rvalues()].filter((value) => value !== undefined),
    /** Deletes expired values. */
    sweep: () => void cache.purgeStale(),
  };
}
