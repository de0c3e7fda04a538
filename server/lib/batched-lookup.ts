/** Batches concurrent reads into one statement. */

const maxKeys = 500;
/** How long a lookup that hangs may delay the next one. */
const maxWaitMs = 250;

/** Keys that are looked up together, with the promises of their values. */
type Batch<Value> = Map<string, PromiseWithResolvers<Value | null>>;

/**
 * A lookup by key, null where there is no value. Keys requested during a lookup wait for it and are then read together,
 * 500 at most. Results are not cached: each was read after its request. A failed lookup fails every request in it.
 * @param look Values by key; never gets a key twice, nor one that a database cannot store as text.
 */
export function createBatchedLookup<Value>(
  look: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | null> {
  /** Requested, and not started yet. */
  let next: Batch<Value> | undefined;
  let running: Promise<unknown> | undefined;

  async function run(batch: Batch<Value>): Promise<void> {
    if (next === batch) next = undefined;
    const values = look([...batch.keys()]);
    running = values;
    try {
      const found = await values;
      for (const [key, { resolve }] of batch) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    } finally {
      if (running === values) running = undefined;
    }
  }

  /** Starts the batch after what else happens now, and after the running lookup. */
  function schedule(batch: Batch<Value>): void {
    if (!running) return void setImmediate(run, batch);
    let isStarted = false;
    const start = () => {
      if (!isStarted) setImmediate(run, batch);
      isStarted = true;
      clearTimeout(timer);
    };
    const timer = setTimeout(start, maxWaitMs);
    running.then(start, start);
  }

  // Such a key would fail the statement, and with it every request in the batch.
  const isText = (key: string) => !key.includes('\0') && key.isWellFormed();
  return (key) => {
    if (!isText(key)) return Promise.resolve(null);
    if (!next || next.size === maxKeys) schedule((next = new Map()));
    const known = next.get(key);
    if (known) return known.promise;
    const asked = Promise.withResolvers<Value | null>();
    next.set(key, asked);
    return asked.promise;
  };
}
