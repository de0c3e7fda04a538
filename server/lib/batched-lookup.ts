/** Reads that come at the same time go to the database together. */
import DataLoader from 'dataloader';
import { sleep } from './sleep.ts';

const maxKeys = 500;
/** A look that hangs holds up those who come after it for so long. */
const maxWaitMs = 250;

/**
 * A lookup by key that asks for many keys at once: what is asked for while one look is under way waits for it and then
 * goes in the next (of 500 keys), so that a thousand callers cost a few statements and a single one waits for nobody.
 * Nothing is remembered: every answer was read after it was asked for. Who is in one look shares its values and its fate.
 * @param look Values by key; never told a key twice, nor one that is no text for a database.
 * @returns The key's value, null where there is none; rejects as `look` does.
 */
export function createBatchedLookup<Value>(
  look: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | null> {
  let underWay: Promise<unknown> = Promise.resolve();
  const lookIsDone = async () => {
    const waiting = new AbortController();
    await Promise.race([underWay, sleep(maxWaitMs, waiting.signal)]);
    waiting.abort();
  };
  const loader = new DataLoader<string, Value | null>(
    async (keys) => {
      const values = look([...new Set(keys)]);
      underWay = values.catch(() => {});
      const found = await values;
      return keys.map((key) => found.get(key) ?? null);
    },
    {
      cache: false,
      maxBatchSize: maxKeys,
      batchScheduleFn: (start) => void lookIsDone().then(() => setImmediate(start)),
    },
  );
  // One such key would fail the statement for everybody who is in it.
  const isText = (key: string) => !key.includes('\0') && key.isWellFormed();
  return async (key) => (isText(key) ? loader.load(key) : null);
}
