/** Favorite images, stored in this browser for each user. All tabs show the same. */
import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js';

export type Favorites = ReturnType<typeof createFavorites>;

const keyPrefix = 'proofsheet.marks.';

/** `viewerId` is undefined for a visitor: there are no favorites then. Ends with its owner. */
export function createFavorites(storage: Storage | undefined, viewerId: Accessor<string | undefined>) {
  const [changes, setChanges] = createSignal(0);
  /** Favorites that storage did not accept: they last as long as the page. */
  const unsaved = new Map<string, string>();
  const key = () => `${keyPrefix}${viewerId()}`;
  const marked = createMemo<ReadonlySet<string>>(() => {
    changes();
    if (viewerId() === undefined) return new Set();
    return parse(() => unsaved.get(key()) ?? storage?.getItem(key()));
  });

  const onStorage = (event: StorageEvent) => {
    if (event.key === null || event.key === key()) setChanges((count) => count + 1);
  };
  window.addEventListener('storage', onStorage);
  onCleanup(() => window.removeEventListener('storage', onStorage));

  const set = (imageIds: readonly string[], isFavorite: boolean) => {
    if (viewerId() === undefined) return;
    const next = new Set(marked());
    for (const id of imageIds)
      if (isFavorite) next.add(id);
      else next.delete(id);
    const text = JSON.stringify([...next]);
    try {
      if (!storage) throw new Error('There is no storage.');
      storage.setItem(key(), text);
      unsaved.delete(key());
    } catch {
      unsaved.set(key(), text);
    }
    setChanges((count) => count + 1);
  };

  return {
    /** Whether this image is a favorite. Reactive. */
    has: (imageId: string) => marked().has(imageId),
    toggle: (imageId: string) => set([imageId], !marked().has(imageId)),
    set,
  };
}

/** Storage may be forbidden, and its content damaged. */
function parse(read: () => string | null | undefined): Set<string> {
  try {
    const ids: unknown = JSON.parse(read() ?? '[]');
    return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}
