/**
 * The reference images of the next request: files on their way to the server, and images that are there already. Files
 * stay here through sign-in and sign-out; only what the server knows of them is begun anew.
 */
import { type Accessor, createMemo, onCleanup, untrack } from 'solid-js';
import { createStore, produce } from 'solid-js/store';
import { checkFile, type DecodePicture, maxUploadBytes, type PictureSize } from './upload/check-file.ts';
import { createUploadQueue, type UploadQueueOptions, type UploadState } from './upload/upload-queue.ts';

export type ReferenceState = { kind: 'checking' } | UploadState;

export interface Reference {
  id: string;
  name: string;
  byteSize: number;
  previewUrl: string | undefined;
  size: PictureSize | undefined;
  state: ReferenceState;
}

/** An image that the server has: a result, or the reference of an earlier request. */
export interface ServerImage extends PictureSize {
  id: string;
  thumbnailUrl: string;
}

export interface References {
  items: readonly Reference[];
  /** Those that may still become ready by themselves: a request has to wait for them. */
  pending: Accessor<readonly Reference[]>;
  /** Takes files while there is room; says how many did not fit and which are there already. */
  addFiles(files: readonly File[], limit: number): Promise<{ leftOut: number; known: string[] }>;
  addImage(image: ServerImage, name: string): void;
  retry(id: string): void;
  remove(id: string): void;
  clear(): void;
  /** Somebody else is signed in, or nobody: uploads belong to who made them. */
  startOver(): void;
}

export type ReferencesOptions = Omit<UploadQueueOptions, 'onState'> & { decode?: DecodePicture };

/** Call it under an owner: uploads stop and preview addresses are given back when it ends. */
export function createReferences(options: ReferencesOptions): References {
  const [store, setStore] = createStore<{ items: Reference[] }>({ items: [] });
  const files = new Map<string, File>();

  const append = (item: Omit<Reference, 'id'>): string => {
    const id = crypto.randomUUID();
    setStore('items', (items) => [...items, { ...item, id }]);
    return id;
  };
  const update = (id: string, changes: Partial<Reference>) =>
    setStore(
      'items',
      (item) => item.id === id,
      produce((item) => Object.assign(item, changes)),
    );
  const queue = createUploadQueue({ ...options, onState: (id, state) => update(id, { state }) });

  const admit = async (file: File) => {
    const { name, size: byteSize } = file;
    const id = append({
      name,
      byteSize,
      previewUrl: undefined,
      size: undefined,
      state: { kind: 'checking' },
    });
    files.set(id, file);
    const check = await checkFile(file, options.decode);
    if (!files.has(id)) return;
    if ('fault' in check) return update(id, { state: { kind: 'faulty', fault: check.fault } });
    update(id, { previewUrl: URL.createObjectURL(file), size: check.size });
    queue.add(id, file);
  };

  const forget = (item: Reference) => {
    queue.remove(item.id);
    if (files.delete(item.id) && item.previewUrl) URL.revokeObjectURL(item.previewUrl);
  };
  const clear = () => {
    const items = untrack(() => [...store.items]);
    setStore('items', []);
    for (const item of items) forget(item);
  };
  onCleanup(clear);

  return {
    get items() {
      return store.items;
    },
    pending: createMemo(() =>
      store.items.filter(({ state }) => ['checking', 'queued', 'uploading'].includes(state.kind)),
    ),
    async addFiles(added, limit) {
      const known: string[] = [];
      let leftOut = 0;
      const admissions: Promise<void>[] = [];
      for (const file of added) {
        if (await isAmong(file, [...files.values()])) known.push(file.name);
        else if (store.items.length >= limit) leftOut += 1;
        else admissions.push(admit(file));
      }
      await Promise.all(admissions);
      return { leftOut, known };
    },
    addImage({ id: imageId, thumbnailUrl: previewUrl, width, height }, name) {
      if (store.items.some(({ state }) => state.kind === 'uploaded' && state.imageId === imageId)) return;
      append({
        name,
        byteSize: 0,
        previewUrl,
        size: { width, height },
        state: { kind: 'uploaded', imageId },
      });
    },
    retry(id) {
      const file = files.get(id);
      if (file) queue.add(id, file);
    },
    remove(id) {
      const item = store.items.find((other) => other.id === id);
      if (!item) return;
      setStore('items', (items) => items.filter((other) => other.id !== id));
      forget(item);
    },
    clear,
    startOver() {
      setStore('items', (items) => items.filter((item) => files.has(item.id)));
      for (const { id, state } of store.items) {
        const file = files.get(id);
        if (file && ['uploading', 'uploaded', 'failed'].includes(state.kind)) queue.add(id, file);
      }
    },
  };
}

/** The same picture twice is one picture: same size, same bytes. */
async function isAmong(file: File, others: readonly File[]): Promise<boolean> {
  const candidates = others.filter((other) => other.size === file.size);
  if (candidates.length === 0 || file.size > maxUploadBytes) return false;
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const candidate of candidates) {
    const known = new Uint8Array(await candidate.arrayBuffer());
    if (bytes.every((byte, index) => byte === known[index])) return true;
  }
  return false;
}
