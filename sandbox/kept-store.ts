import { createExpiringStore, type ExpiringStore } from './expiring-store.ts';
import { createRecordFolder, type FoundRecord, type KeptRecord } from './record-folder.ts';
import type { SandboxLog } from './sandbox-log.ts';

/** An expiring store that outlives the process: what is in it is written to a folder as well, and leaves with it. */
export interface KeptStore<Value> extends ExpiringStore<Value> {
  add(key: string, value: Value): void;
  /** Writes a value again, after a change to it; does nothing where it is no longer there. */
  save(key: string): void;
  /** Resolves when the value is on disk as it was last added or saved, or cannot be. */
  saved(key: string): Promise<void>;
  /** Resolves when nothing is being written any more. */
  idle(): Promise<void>;
}

/** Where a store is kept; nowhere but in memory where `folder` is absent. */
export interface Keeping {
  folder?: string;
  log: SandboxLog;
}

/** Opens a store with what its folder still holds. Keys must do as file names. */
export async function openKeptStore<Value extends { createdAt: number }>({
  keeping: { folder, log },
  encode,
  decode,
  ...options
}: {
  keeping: Keeping;
  encode: (value: Value) => KeptRecord;
  /** Undefined where the record cannot be understood. */
  decode: (record: FoundRecord) => Value | undefined;
  lifetimeMs: number;
  maxBytes: number;
  sizeOf: (value: Value) => number;
  now: () => number;
}): Promise<KeptStore<Value>> {
  const records = createRecordFolder({ folder, log });
  const store = createExpiringStore<Value>({ ...options, onRemove: records.remove });

  const found: { key: string; value: Value }[] = [];
  for (const record of await records.read()) {
    const value = decode(record);
    if (value) found.push({ key: record.name, value });
    else records.remove(record.name);
  }
  found.sort((one, other) => one.value.createdAt - other.value.createdAt);
  for (const { key, value } of found) store.add(key, value, value.createdAt);

  return {
    ...store,
    add(key, value) {
      store.add(key, value, value.createdAt);
      records.write(key, encode(value));
    },
    save(key) {
      const value = store.get(key);
      if (value) records.write(key, encode(value));
    },
    saved: (key) => records.idle(key),
    idle: () => records.idle(),
  };
}
