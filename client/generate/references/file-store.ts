/**
 * Files of the form that are not uploaded yet, in IndexedDB: for a reload, not for long. Some private windows have no
 * IndexedDB.
 */

const databaseName = 'proofsheet';
const storeName = 'files';
/** Of all tabs; new files replace the oldest. */
const maxStoredBytes = 64 * 1024 * 1024;
/** A tab that is closed leaves its files behind. */
const maxAgeMs = 24 * 60 * 60 * 1000;

interface StoredFile {
  key: string;
  file: File;
  /** Milliseconds since the epoch. */
  storedAt: number;
}

export type FileStore = ReturnType<typeof createFileStore>;

/** Never rejects; without IndexedDB, or when it is full, files are not found. */
export function createFileStore() {
  let opened: Promise<IDBDatabase> | undefined;
  const run = async <Result>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result | undefined> => {
    try {
      const database = await (opened ??= openDatabase());
      return await new Promise<Result>((resolve, reject) => {
        const transaction = database.transaction(storeName, mode);
        const request = act(transaction.objectStore(storeName));
        transaction.addEventListener('complete', () => resolve(request.result));
        transaction.addEventListener('abort', () => reject(transaction.error));
      });
    } catch {
      return undefined;
    }
  };

  /** Removes expired files, then the oldest until the new one fits. */
  const makeRoom = async (bytes: number) => {
    const stored: StoredFile[] = (await run('readonly', (store) => store.getAll())) ?? [];
    stored.sort((one, other) => other.storedAt - one.storedAt);
    let sum = bytes;
    for (const { key, file, storedAt } of stored) {
      sum += file.size;
      if (sum > maxStoredBytes || storedAt < Date.now() - maxAgeMs)
        await run('readwrite', (store) => store.delete(key));
    }
  };

  return {
    async put(key: string, file: File) {
      await makeRoom(file.size);
      const entry: StoredFile = { key, file, storedAt: Date.now() };
      if (file.size <= maxStoredBytes) await run('readwrite', (store) => store.put(entry));
    },
    async get(key: string) {
      const entry: StoredFile | undefined = await run('readonly', (store) => store.get(key));
      return entry?.file;
    },
    delete: (key: string): Promise<void> => run('readwrite', (store) => store.delete(key)),
    /** Of all tabs. */
    clear: (): Promise<void> => run('readwrite', (store) => store.clear()),
  };
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.addEventListener('upgradeneeded', () =>
      request.result.createObjectStore(storeName, { keyPath: 'key' }),
    );
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
