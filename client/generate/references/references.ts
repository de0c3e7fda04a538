/**
 * The references of the next request: files being uploaded, and images that the server has. Files survive sign-in and
 * sign-out; only their uploads start again.
 */
import { type Accessor, createMemo, getOwner, onCleanup, runWithOwner, untrack } from 'solid-js';
import { createStore, produce } from 'solid-js/store';
import type { ServerImage } from '../../api/task.ts';
import { createId } from '../../ui/id.ts';
import type { DecodePicture, FileFault, PictureSize } from './check-file.ts';
import type { UploadQueue, UploadQueueOptions, UploadState } from './upload.ts';

export type ReferenceState = { kind: 'checking' } | { kind: 'shrinking' } | UploadState;

export interface Reference {
  id: string;
  name: string;
  byteSize: number;
  previewUrl: string | undefined;
  size: PictureSize | undefined;
  state: ReferenceState;
  /** The file that it was made from, where it had to be made smaller. */
  original?: { name: string; byteSize: number } | undefined;
}

export interface References {
  items: readonly Reference[];
  /** References that are still being checked or uploaded: a request waits for them. */
  pending: Accessor<readonly Reference[]>;
  /**
   * Adds files up to the limit. Resolves to how many were left out, and to the duplicates with the ids of their
   * references.
   */
  addFiles(files: readonly File[], limit: number): Promise<{ leftOut: number; known: KnownFile[] }>;
  /** Adds an image. Returns the id of its reference if it is in the list already. */
  addImage(image: ServerImage, name: string): string | undefined;
  /** Adds a file that was in the form before a reload. */
  adopt(file: File): void;
  /** The file as it is uploaded; undefined for an image that the server had already. */
  fileOf(id: string): File | undefined;
  retry(id: string): void;
  /** Replaces a file that is over the limits by a smaller one, and uploads that. */
  shrink(id: string): Promise<void>;
  /** Restores the original file in place of the smaller one. */
  unshrink(id: string): void;
  /** Puts it in the place counted from 0. */
  move(id: string, place: number): void;
  remove(id: string): void;
  clear(): void;
  /** Empties the list and keeps its content, files included, in place of what was set aside before. */
  setAside(): void;
  /** Restores the references that were set aside; their uploads start again. */
  takeBack(): void;
  /** Forgets what was set aside. */
  dropAside(): void;
  /** The user has changed: uploads belong to a user, so start them again. */
  startOver(): void;
}

/** A file that was offered and is there already. */
interface KnownFile {
  name: string;
  id: string;
}

type ReferencesOptions = Omit<UploadQueueOptions, 'onState'> & {
  decode?: DecodePicture;
  shrink?: (file: File) => Promise<File>;
};

/** States that only the user can change; a request waits for the others to end. */
const settledKinds: ReadonlySet<ReferenceState['kind']> = new Set(['uploaded', 'faulty', 'failed']);

/** Call it under an owner: uploads stop and preview addresses are given back when it ends. */
export function createReferences(options: ReferencesOptions): References {
  const [store, setStore] = createStore<{ items: Reference[] }>({ items: [] });
  let aside: readonly Reference[] = [];
  const files = new Map<string, File>();
  /** The original files: duplicates of a shrunk file are found by its original. */
  const originals = new Map<string, File>();

  const append = (item: Omit<Reference, 'id'>): string => {
    const id = createId();
    setStore('items', (items) => [...items, { ...item, id }]);
    return id;
  };
  const update = (id: string, changes: Partial<Reference>) =>
    setStore(
      'items',
      (item) => item.id === id,
      produce((item) => Object.assign(item, changes)),
    );
  /** Removes the preview before another file takes its place. */
  const hidePreview = (id: string, changes: Partial<Reference>) => {
    const url = store.items.find((item) => item.id === id)?.previewUrl;
    if (url) URL.revokeObjectURL(url);
    update(id, { previewUrl: undefined, size: undefined, ...changes });
  };
  const shrink = options.shrink ?? lazyShrink;
  const owner = getOwner();
  let queue: UploadQueue | undefined;
  /** Lazy-loads the file checks and the queue with the first file. */
  const loadFileChecks = async () => {
    const [{ checkFile, duplicateOf }, { createUploadQueue }] = await Promise.all([
      import('./check-file.ts'),
      import('./upload.ts'),
    ]);
    queue ??= runWithOwner(owner, () =>
      createUploadQueue({ ...options, onState: (id, state) => update(id, { state }) }),
    );
    return { checkFile, duplicateOf };
  };

  const admit = async (file: File) => {
    const { name, size: byteSize } = file;
    const id = append({
      name,
      byteSize,
      previewUrl: undefined,
      size: undefined,
      state: { kind: 'checking' },
    });
    originals.set(id, file);
    await take(id, file);
  };

  /** Shrinks a file that is over the limits, unless `mayShrink` is false. */
  const take = async (id: string, file: File, mayShrink = true) => {
    files.set(id, file);
    const checks = await loadFileChecks().catch(() => undefined);
    if (!checks) return update(id, { state: { kind: 'failed' } });
    const check = await checks.checkFile(file, options.decode);
    if (files.get(id) !== file) return;
    const item = store.items.find((other) => other.id === id);
    // Set aside meanwhile: checked again on `takeBack`.
    if (!item || item.previewUrl) return;
    if ('fault' in check) {
      if (check.canShrink && mayShrink) return shrinkInPlace(id, file, check.fault);
      return update(id, { state: { kind: 'faulty', fault: check.fault } });
    }
    update(id, { previewUrl: URL.createObjectURL(file), size: check.size });
    queue?.add(id, file);
  };

  /** `fault` is the fault if the browser cannot shrink the file. */
  const shrinkInPlace = async (id: string, file: File, fault: FileFault) => {
    hidePreview(id, { state: { kind: 'shrinking' } });
    try {
      const smaller = await shrink(file);
      if (files.get(id) !== file) return;
      const original = { name: file.name, byteSize: file.size };
      update(id, { name: smaller.name, byteSize: smaller.size, original });
      await take(id, smaller, false);
    } catch {
      if (files.get(id) === file) update(id, { state: { kind: 'faulty', fault } });
    }
  };

  const forget = (item: Reference) => {
    queue?.remove(item.id);
    originals.delete(item.id);
    if (files.delete(item.id) && item.previewUrl) URL.revokeObjectURL(item.previewUrl);
  };
  const clear = () => {
    const items = untrack(() => [...store.items]);
    setStore('items', []);
    for (const item of items) forget(item);
  };
  const dropAside = () => {
    const dropped = aside;
    aside = [];
    for (const item of dropped) forget(item);
  };
  onCleanup(() => {
    clear();
    dropAside();
  });

  /** Restarts the step that the file was in. */
  const resume = ({ id, state }: Reference) => {
    const file = files.get(id);
    if (!file) return;
    if (state.kind === 'checking' || state.kind === 'shrinking') void take(id, file);
    else if (state.kind === 'queued' || state.kind === 'uploading') queue?.add(id, file);
  };

  return {
    get items() {
      return store.items;
    },
    pending: createMemo(() => store.items.filter(({ state }) => !settledKinds.has(state.kind))),
    async addFiles(added, limit) {
      const known: KnownFile[] = [];
      let leftOut = 0;
      const admissions: Promise<void>[] = [];
      const checks = await loadFileChecks().catch(() => undefined);
      for (const file of added) {
        const duplicate = await checks?.duplicateOf(file, store.items, originals);
        if (duplicate !== undefined) known.push({ name: file.name, id: duplicate });
        else if (store.items.length >= limit) leftOut += 1;
        else admissions.push(admit(file));
      }
      await Promise.all(admissions);
      return { leftOut, known };
    },
    addImage({ id: imageId, thumbnailUrl: previewUrl, width, height }, name) {
      const duplicate = store.items.find(
        ({ state }) => state.kind === 'uploaded' && state.imageId === imageId,
      );
      if (duplicate) return duplicate.id;
      append({
        name,
        byteSize: 0,
        previewUrl,
        size: { width, height },
        state: { kind: 'uploaded', imageId },
      });
      return undefined;
    },
    adopt: (file) => void admit(file),
    fileOf: (id) => files.get(id),
    retry(id) {
      const file = files.get(id);
      const item = store.items.find((other) => other.id === id);
      if (!file || !item) return;
      if (item.previewUrl) queue?.add(id, file);
      else void take(id, file);
    },
    async shrink(id) {
      const file = files.get(id);
      if (file) await shrinkInPlace(id, file, 'unreadable');
    },
    unshrink(id) {
      const item = store.items.find((other) => other.id === id);
      const file = originals.get(id);
      if (!item?.original || !file) return;
      queue?.remove(id);
      hidePreview(id, { ...item.original, original: undefined, state: { kind: 'checking' } });
      void take(id, file, false);
    },
    move(id, place) {
      const from = store.items.findIndex((item) => item.id === id);
      if (from === -1 || from === place) return;
      setStore('items', (items) => items.toSpliced(from, 1).toSpliced(place, 0, items[from]!));
    },
    remove(id) {
      const item = store.items.find((other) => other.id === id);
      if (!item) return;
      setStore('items', (items) => items.filter((other) => other.id !== id));
      forget(item);
    },
    clear,
    setAside() {
      dropAside();
      aside = untrack(() => store.items.map((item) => ({ ...item })));
      setStore('items', []);
      for (const { id } of aside) queue?.remove(id);
    },
    takeBack() {
      clear();
      const back = aside;
      aside = [];
      setStore('items', [...back]);
      for (const item of back) resume(item);
    },
    dropAside,
    startOver() {
      dropAside();
      setStore('items', (items) => items.filter((item) => files.has(item.id)));
      for (const { id, state } of store.items) {
        const file = files.get(id);
        if (file && ['uploading', 'uploaded', 'failed'].includes(state.kind)) queue?.add(id, file);
      }
    },
  };
}

async function lazyShrink(file: File): Promise<File> {
  return (await import('./check-file.ts')).shrinkPicture(file);
}
