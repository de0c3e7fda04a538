/**
 * Restores the references after a reload: uploaded ones by their id, pending files from IndexedDB. Names the ones
 * that are lost. Loaded with the first reference.
 */
import { type Accessor, batch, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Client } from '@urql/core';
import { graphql } from '../../api/generated/gql.ts';
import type { ServerImage } from '../../api/task.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { readStored, writeStored } from '../../ui/storage.ts';
import { createFileStore, type FileStore } from './file-store.ts';
import { referenceStorageKey } from './persist-references.ts';
import type { Reference, References } from './references.ts';

interface StoredReferences {
  /** Null for a visitor. */
  ownerId: string | null;
  /** `imageId` is of an uploaded one, `fileKey` of a file in the store. */
  references: { name: string; imageId?: string; fileKey?: string }[];
}

export interface ReferenceStorageOptions {
  references: References;
  /** Of this tab. */
  storage: Storage | undefined;
  /** Of the files that are not uploaded yet; the one in IndexedDB by default. */
  files?: FileStore;
  /** Null for a visitor; undefined while it is not known. */
  viewerId: Accessor<string | null | undefined>;
  fetchImage: (id: string) => Promise<ServerImage | null>;
  onNotice: (text: string) => void;
  /** Between two attempts to reach the server, in milliseconds. */
  retryMs?: number;
}

const ReferenceImage = graphql(`
  query ReferenceImage($id: ID!) {
    node(id: $id) {
      ... on Image {
        id
        thumbnailUrl
        width
        height
      }
    }
  }
`);

/** Null if the image is gone or belongs to another user. Rejects if there was no response. */
export async function fetchReferenceImage(client: Client, id: string): Promise<ServerImage | null> {
  const { data, error } = await client
    .query(ReferenceImage, { id }, { requestPolicy: 'network-only' })
    .toPromise();
  if (error) throw error;
  return data?.node && 'id' in data.node ? (data.node as ServerImage) : null;
}

/** Ends with its owner. References are never restored for another user. */
export function createReferenceStorage(options: ReferenceStorageOptions): void {
  const { references, storage, files = createFileStore(), viewerId } = options;
  const [isRestored, setRestored] = createSignal(false);
  const saved = read(storage);
  /** Which user put each reference into the form. */
  const owners = new Map<string, string | null>();
  for (const { id } of untrack(() => references.items)) owners.set(id, saved?.ownerId ?? null);
  /** The pending files, by the id of their reference, which is their key in the store. */
  const pending = new Map<string, File>();
  /** The pending files that the store has. */
  const stored = new WeakSet<File>();
  const [storedChanged, notifyStored] = createSignal(undefined, { equals: false });

  // Set when the page ends: a late response must not fill the form of the next user.
  let isOver = false;
  onCleanup(() => (isOver = true));

  const restore = async (viewer: string | null) => {
    if (!saved) return;
    const isOfOther = (id: string | null | undefined) => saved.ownerId !== null && saved.ownerId !== id;
    if (isOfOther(viewer)) return files.clear();
    const found = await Promise.all(
      saved.references.map(({ imageId, fileKey }) =>
        imageId === undefined ? fileKey && files.get(fileKey) : fetchWithRetries(imageId, options),
      ),
    );
    if (isOver || isOfOther(untrack(viewerId))) return;
    // All at once: a request must not go out with a part of them.
    batch(() => {
      for (const [index, { name, fileKey }] of saved.references.entries()) {
        const picture = found[index];
        if (picture instanceof File && fileKey) {
          pending.set(fileKey, picture);
          stored.add(picture);
          references.adopt(fileKey, picture);
        } else if (picture && !(picture instanceof File)) references.addImage(picture, name);
      }
    });
    const missing = saved.references.filter((_, index) => !found[index]).map(({ name }) => name);
    if (missing.length > 0) options.onNotice(lazyMessages.references.missing(missing));
  };

  const storeFile = async (id: string, file: File) => {
    pending.set(id, file);
    stored.delete(file);
    await files.put(id, file);
    if (!pending.has(id)) return files.delete(id);
    stored.add(file);
    notifyStored();
  };

  /** The stored form of a reference. That of a file has no key before the store has the file. */
  const describe = ({ id, name, state }: Reference) => {
    if (state.kind === 'uploaded') return { name, imageId: state.imageId };
    const file = references.fileOf(id);
    if (!file) return { name };
    if (pending.get(id) !== file) void storeFile(id, file);
    return stored.has(file) ? { name, fileKey: id } : { name };
  };

  const write = (viewer: string | null) => {
    for (const { id } of references.items) owners.set(id, owners.get(id) ?? viewer);
    const own = references.items.filter(({ id }) => owners.get(id) === viewer);
    const now: StoredReferences = { ownerId: viewer, references: own.map(describe) };
    writeStored(storage, referenceStorageKey, own.length > 0 ? JSON.stringify(now) : null);
    const ids = own.filter(({ state }) => state.kind !== 'uploaded').map(({ id }) => id);
    for (const id of pending.keys())
      if (!ids.includes(id)) {
        pending.delete(id);
        void files.delete(id);
      }
  };

  createEffect(
    on(viewerId, (viewer, before) => {
      if (viewer === undefined) return;
      // The user has signed out.
      if (typeof before === 'string' && viewer !== before) {
        pending.clear();
        void files.clear();
      }
      if (!isRestored()) void restore(viewer).finally(() => setRestored(true));
    }),
  );
  createEffect(() => {
    const viewer = viewerId();
    storedChanged();
    if (isRestored() && viewer !== undefined) write(viewer);
  });
}

async function fetchWithRetries(
  id: string,
  { fetchImage, retryMs = 3_000 }: Pick<ReferenceStorageOptions, 'fetchImage' | 'retryMs'>,
): Promise<ServerImage | undefined> {
  for (let attempts = 5; attempts > 0; attempts--) {
    try {
      return (await fetchImage(id)) ?? undefined;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
  return undefined;
}

function read(storage: Storage | undefined): StoredReferences | undefined {
  try {
    const text = readStored(storage, referenceStorageKey) ?? 'null';
    const { ownerId, references } = JSON.parse(text) as StoredReferences;
    const isWhole =
      (ownerId === null || typeof ownerId === 'string') &&
      references.every(({ name }) => typeof name === 'string');
    return isWhole ? { ownerId, references } : undefined;
  } catch {
    return undefined;
  }
}
