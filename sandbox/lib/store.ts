import { LRUCache } from 'lru-cache';
import type { FoundRecord, WrittenRecord, Records } from './records.ts';

/** Values with a lifetime and a total size; the oldest are evicted first. Values are also written as records. */
export interface Store<Value> {
  add(key: string, value: Value): void;
  /** Writes a value again after a change; does nothing where it is no longer stored. */
  save(key: string): void;
  /** Undefined where it was never added, has expired or was evicted. */
  get(key: string): Value | undefined;
  delete(key: string): boolean;
  /** All stored values, oldest first. */
  values(): Value[];
  /** Deletes expired values. */
  sweep(): void;
}

/** Opens a store with the values of its records; instants are milliseconds since 1970. */
export function openStore<Value extends { createdAt: number }>({
  name,
  records,
  encode,
  decode,
  lifetimeMs,
  maxBytes,
  sizeOf,
  now,
}: {
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
}): Store<Value> {
  const cache = new LRUCache<string, Value>({
    maxSize: maxBytes,
    // The newest is stored even where it alone is too large.
    sizeCalculation: (value) => Math.max(1, Math.min(maxBytes, sizeOf(value))),
    // The cache lets a value live for one millisecond more than its `ttl`.
    ttl: lifetimeMs - 1,
    ttlResolution: 0,
    perf: { now },
    dispose: (_value, key, reason) => {
      if (reason !== 'set') records.remove(name, key);
    },
  });
  const hold = (key: string, value: Value) => cache.set(key, value, { start: value.createdAt });
  // Reading must not make a value younger: the oldest make room.
  const get = (key: string) => cache.peek(key);

  for (const record of records.read(name)) {
    const value = decode(record);
    if (value) hold(record.key, value);
    else records.remove(name, record.key);
  }
  cache.purgeStale();

  return {
    add(key, value) {
      records.write(name, key, value.createdAt, encode(value));
      hold(key, value);
    },
    save(key) {
      const value = get(key);
      if (value) records.write(name, key, value.createdAt, encode(value));
    },
    get,
    delete: (key) => cache.delete(key),
    values: () => [...cache.rvalues()].filter((value) => value !== undefined),
    sweep: () => void cache.purgeStale(),
  };
}
