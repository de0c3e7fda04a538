/** Batches concurrent reads into one statement. */
import DataLoader from 'dataloader';
import { withTimeout } from './timeout.ts';

const maxKeys = 500;
/** How long a lookup that hangs may delay the next one. */
const maxWaitMs = 250;

/**
 * A lookup by key, null where there is no value. Keys requested during a lookup wait for it and are then read together,
 * 500 at most. Results are not cached: each was read after its request. A failed lookup fails every request in it.
 * @param look Values by key; never gets a key twice, nor one that a database cannot store as text.
 */
export function createBatchedLookup<Value>(
  look: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | null> {
  let running: Promise<unknown> = Promise.resolve();
  const lookIsDone = () => withTimeout(maxWaitMs, 'The lookup hangs', running).catch(() => {});
  const loader = new DataLoader<string, Value | null>(
    async (keys) => {
      const values = look([...new Set(keys)]);
      running = values.catch(() => {});
      const found = await values;
      return keys.map((key) => found.get(key) ?? null);
    },
    {
      cache: false,
      maxBatchSize: maxKeys,
      batchScheduleFn: (start) => void lookIsDone().then(() => setImmediate(start)),
    },
  );
  // Such a key would fail the statement, and with it every request in the batch.
  const isText = (key: string) => !key.includes('\0') && key.isWellFormed();
  return async (key) => (isText(key) ? loader.load(key) : null);
}
