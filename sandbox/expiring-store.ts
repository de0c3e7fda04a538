/** Values that are kept for a time and up to a sum of sizes; the oldest go first. */
export interface ExpiringStore<Value> {
  /** `addedAt`, in milliseconds since 1970, is now unless the value comes from an earlier life of the process. */
  add(key: string, value: Value, addedAt?: number): void;
  /** Undefined where it was never added, has expired or had to make room. */
  get(key: string): Value | undefined;
  delete(key: string): boolean;
  /** What is still kept, oldest first. */
  values(): Value[];
  /** Lets go of what has expired, as adding and reading do. */
  sweep(): void;
}

export function createExpiringStore<Value>({
  lifetimeMs,
  maxBytes,
  sizeOf,
  now,
  onRemove = () => {},
}: {
  lifetimeMs: number;
  maxBytes: number;
  sizeOf: (value: Value) => number;
  now: () => number;
  /** Hears of each value that leaves, for whatever reason; not of one that is replaced. */
  onRemove?: (key: string) => void;
}): ExpiringStore<Value> {
  const entries = new Map<string, { value: Value; bytes: number; expiresAt: number }>();
  let totalBytes = 0;

  function take(key: string): boolean {
    totalBytes -= entries.get(key)?.bytes ?? 0;
    return entries.delete(key);
  }

  function remove(key: string): boolean {
    const wasThere = take(key);
    if (wasThere) onRemove(key);
    return wasThere;
  }

  function sweep() {
    const at = now();
    for (const [key, { expiresAt }] of entries) {
      // Every entry lives equally long, so the first one to stay ends the search; the newest is never removed for room.
      if (expiresAt > at && (totalBytes <= maxBytes || entries.size === 1)) return;
      remove(key);
    }
  }

  return {
    add(key, value, addedAt = now()) {
      take(key);
      const bytes = sizeOf(value);
      entries.set(key, { value, bytes, expiresAt: addedAt + lifetimeMs });
      totalBytes += bytes;
      sweep();
    },
    get(key) {
      sweep();
      return entries.get(key)?.value;
    },
    delete: remove,
    values() {
      sweep();
      return Array.from(entries.values(), ({ value }) => value);
    },
    sweep,
  };
}
