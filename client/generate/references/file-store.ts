/** Files of the form that are not uploaded yet, in IndexedDB: for a reload, not for long. */

const databaseName = 'proofsheet';
const storeName = 'files';
/** Of all tabs; new files replace the oldest. */
const maxStoredBytes = 64 * 1024 * 1024;
/** A tab that is closed leaves its files behind. */
const maxAgeMs = 24 * 60 * 60 * 1000;

/** Nothing here rejects: where the browser has no IndexedDB (as in some private windows) or it is full, files are not found. */
export interface FileStore {
  put(key: string, file: File): Promise<void>;
  get(key: string): Promise<File | undefined>;
  delete(key: string): Promise<void>;
  /** Of all tabs. */
  clear(): Promise<void>;
}

interface StoredFile {
  key: string;
  file: File;
  /** Milliseconds since the epoch. */
  storedAt: number;
}

/** Opens the database with the first call. */
export function createFileStore(now: () => number = Date.now): FileStore {
  let opened: Promise<IDBDatabase> | undefined;
  const open = () =>
    (opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(databaseName, 1);
      request.addEventListener('upgradeneeded', () =>
        request.result.createObjectStore(storeName, { keyPath: 'key' }),
      );
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
      request.addEventListener('blocked', () => reject(new Error('The database is in use.')));
    }));

  const run = async <Result>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result | undefined> => {
    try {
      const database = await open();
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
  const remove = (key: string) => run('readwrite', (store) => store.delete(key));

  /** Makes room: the old ones go, and then the oldest. */
  const makeRoom = async (bytes: number) => {
    const stored: StoredFile[] = (await run('readonly', (store) => store.getAll())) ?? [];
    stored.sort((one, other) => other.storedAt - one.storedAt);
    let sum = bytes;
    for (const { key, file, storedAt } of stored) {
      sum += file.size;
      if (sum > maxStoredBytes || storedAt < now() - maxAgeMs) await remove(key);
    }
  };

  return {
    async put(key, file) {
      await makeRoom(file.size);
      if (file.size > maxStoredBytes) return;
      const entry: StoredFile = { key, file, storedAt: now() };
      await run('readwrite', (store) => store.put(entry));
    },
    async get(key) {
      const entry: StoredFile | undefined = await run('readonly', (store) => store.get(key));
      return entry?.file;
    },
    async delete(key) {
      await remove(key);
    },
    async clear() {
      await run('readwrite', (store) => store.clear());
    },
  };
}
