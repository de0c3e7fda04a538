/**
 * The references of the next request: files being uploaded, and images that the server has. Files survive sign-in and
 * sign-out; only their uploads start again.
 */
import { createMemo, getOwner, onCleanup, runWithOwner, untrack } from 'solid-js';
import { createStore } from 'solid-js/store';
import type { RefusalCode } from '../../api/errors.ts';
import type { ServerImage } from '../../api/task.ts';
import { messages } from '../../i18n/messages.ts';
import { createId } from '../../ui/id.ts';
import type { DecodePicture, FileFault, PictureSize } from './check-file.ts';
import type { UploadQueue, UploadQueueOptions, UploadState } from './upload.ts';

export type ReferenceState = { kind: 'checking' } | { kind: 'shrinking' } | UploadState;

export interface Reference {
  id: string;
  name: string;
  byteSize: number;
  previewUrl?: string | undefined;
  size?: PictureSize | undefined;
  state: ReferenceState;
  /** The file that it was made from, where it had to be made smaller. */
  original?: { name: string; byteSize: number } | undefined;
}

/** The default limits of the server for an upload. */
export const maxUploadBytes = 5 * 1024 * 1024;
export const maxUploadPixels = 40_000_000;
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/heic'] as const;

/** What is wrong with a reference; undefined while it is pending or good. */
export function referenceProblem({ name, byteSize, state }: Reference): string | undefined {
  const texts = messages.references;
  if (state.kind !== 'faulty' && state.kind !== 'failed') return undefined;
  const { code, message, maxBytes, maxPixels } = state.refusal ?? {};
  if (maxBytes) return texts.tooBigToSend(name, maxBytes);
  if (maxPixels) return texts.tooManyPixels(name, maxPixels);
  const refused: Partial<Record<RefusalCode, typeof texts.refused.STORAGE_FULL>> = texts.refused;
  const refusal = code && message && refused[code]?.(name, message);
  if (refusal) return refusal;
  if (state.kind === 'failed') return texts.failed(name);
  if (state.fault === 'tooBig') return texts.tooBig(name, byteSize, maxUploadBytes);
  if (state.fault === 'tooManyPixels') return texts.tooManyPixels(name, maxUploadPixels);
  return texts[state.fault](name);
}

type ReferencesOptions = Omit<UploadQueueOptions, 'onState'> & {
  decode?: DecodePicture;
  shrink?: (file: File, limitBytes?: number) => Promise<File>;
};

/** States that only the user can change; a request waits for the others to end. */
const settledKinds: ReadonlySet<ReferenceState['kind']> = new Set(['uploaded', 'faulty', 'failed']);

export type References = ReturnType<typeof createReferences>;

/** Call it under an owner: uploads stop and preview addresses are given back when it ends. */
export function createReferences(options: ReferencesOptions) {
  const [store, setStore] = createStore<{ items: readonly Reference[] }>({ items: [] });
  const aside: Reference[] = [];
  const files = new Map<string, File>();
  /** The original files: duplicates of a shrunk file are found by its original. */
  const originals = new Map<string, File>();
  const itemOf = (id: string) => store.items.find((item) => item.id === id);

  const append = (item: Reference) => setStore('items', (items) => [...items, item]);
  const update = (id: string, changes: Partial<Reference>) =>
    setStore('items', (item) => item.id === id, changes);
  const hidePreview = (id: string, changes: Partial<Reference>) => {
    const url = itemOf(id)?.previewUrl;
    if (url) URL.revokeObjectURL(url);
    update(id, { previewUrl: undefined, size: undefined, ...changes });
  };
  const owner = getOwner();
  let queue: UploadQueue | undefined;
  /** Lazy-loads the file checks and the queue with the first file. */
  const loadFileChecks = async () => {
    const [checks, { createUploadQueue }] = await Promise.all([
      import('./check-file.ts'),
      import('./upload.ts'),
    ]);
    queue ??= runWithOwner(owner, () =>
      createUploadQueue({ ...options, onState: (id, state) => update(id, { state }) }),
    );
    return checks;
  };

  const admit = (file: File, id = createId()) => {
    append({ id, name: file.name, byteSize: file.size, state: { kind: 'checking' } });
    originals.set(id, file);
    return take(id, file);
  };

  /** Shrinks a file that is over the limits, unless `mayShrink` is false. */
  const take = async (id: string, file: File, mayShrink = true) => {
    files.set(id, file);
    const checks = await loadFileChecks().catch(() => undefined);
    if (!checks) return update(id, { state: { kind: 'failed' } });
    const check = await checks.checkFile(file, options.decode);
    if (files.get(id) !== file) return;
    const item = itemOf(id);
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
  const shrinkInPlace = async (id: string, file: File, fault: FileFault, limitBytes?: number) => {
    hidePreview(id, { state: { kind: 'shrinking' } });
    try {
      const smaller = await (options.shrink ?? (await loadFileChecks()).shrinkPicture)(file, limitBytes);
      if (files.get(id) !== file) return;
      const original = { name: file.name, byteSize: file.size };
      update(id, { name: smaller.name, byteSize: smaller.size, original });
      await take(id, smaller, false);
    } catch {
      if (files.get(id) === file) update(id, { state: { kind: 'faulty', fault } });
    }
  };

  const forget = (items: readonly Reference[]) => {
    for (const { id, previewUrl } of items) {
      queue?.remove(id);
      originals.delete(id);
      if (files.delete(id) && previewUrl) URL.revokeObjectURL(previewUrl);
    }
  };
  const clear = () => {
    const items = untrack(() => [...store.items]);
    setStore('items', []);
    forget(items);
  };
  const dropAside = () => forget(aside.splice(0));
  onCleanup(() => {
    clear();
    dropAside();
  });

  /** Restarts the step that the file was in: a file has a preview once it was found to be good. */
  const resume = ({ id, previewUrl }: Reference) => {
    const file = files.get(id);
    if (!file) return;
    if (previewUrl) return queue?.add(id, file);
    update(id, { state: { kind: 'checking' } });
    void take(id, file);
  };
  const isPending = ({ state }: Reference) => !settledKinds.has(state.kind);

  return {
    get items() {
      return store.items;
    },
    /** References that are still being checked or uploaded: a request waits for them. */
    pending: createMemo(() => store.items.filter(isPending)),
    /** Adds files up to the limit. Resolves to how many were left out, and to the duplicates by their references. */
    async addFiles(added: readonly File[], limit: number) {
      const known: { name: string; id: string }[] = [];
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
    /** Adds an image of the server. Returns the id of its reference if it is in the list already. */
    addImage({ id: imageId, thumbnailUrl: previewUrl, width, height }: ServerImage, name: string) {
      const duplicate = store.items.find(
        ({ state }) => state.kind === 'uploaded' && state.imageId === imageId,
      );
      if (duplicate) return duplicate.id;
      const state = { kind: 'uploaded', imageId } as const;
      append({ id: createId(), name, byteSize: 0, previewUrl, size: { width, height }, state });
      return undefined;
    },
    /** Adds a file that was in the form before a reload, with the id that it had. */
    adopt: (id: string, file: File) => void admit(file, id),
    /** The file as it is uploaded; undefined for an image that the server had already. */
    fileOf: (id: string) => files.get(id),
    retry(id: string) {
      const item = itemOf(id);
      if (item) resume(item);
    },
    /** Replaces a file that is over the limits, those of the server if it told them, by a smaller one, and uploads that. */
    async shrink(id: string) {
      const file = files.get(id);
      const state = itemOf(id)?.state;
      const refusal = state?.kind === 'faulty' ? state.refusal : undefined;
      if (file) await shrinkInPlace(id, file, 'unreadable', refusal?.maxBytes);
    },
    /** Restores the original file in place of the smaller one. */
    unshrink(id: string) {
      const original = itemOf(id)?.original;
      const file = originals.get(id);
      if (!original || !file) return;
      queue?.remove(id);
      hidePreview(id, { ...original, original: undefined, state: { kind: 'checking' } });
      void take(id, file, false);
    },
    /** Puts it in the place counted from 0. */
    move(id: string, place: number) {
      const from = store.items.findIndex((item) => item.id === id);
      if (from === -1 || from === place) return;
      setStore('items', (items) => items.toSpliced(from, 1).toSpliced(place, 0, items[from]!));
    },
    remove(id: string) {
      const item = itemOf(id);
      setStore('items', (items) => items.filter((other) => other.id !== id));
      if (item) forget([item]);
    },
    clear,
    /** Empties the list and keeps its content, files included, in place of what was set aside before. */
    setAside() {
      dropAside();
      aside.push(...untrack(() => store.items.map((item) => ({ ...item }))));
      setStore('items', []);
      for (const { id } of aside) queue?.remove(id);
    },
    /** Restores the references that were set aside; their uploads start again. */
    takeBack() {
      clear();
      const back = aside.splice(0);
      setStore('items', back);
      back.filter(isPending).forEach(resume);
    },
    dropAside,
    /** The user has changed: uploads belong to a user, so start them again. */
    startOver() {
      dropAside();
      setStore('items', (items) => items.filter((item) => files.has(item.id)));
      for (const item of store.items)
        if (['uploading', 'uploaded', 'failed'].includes(item.state.kind)) resume(item);
    },
  };
}
