/**
 * The last feed of the user in this browser, with its thumbnails, for a start without a connection. In the Cache
 * Storage, which pages by http do not have.
 */

export interface KeptImage {
  id: string;
  code: string;
  width: number;
  height: number;
}

export interface KeptTask {
  id: string;
  code: string;
  prompt: string;
  model: string;
  createdAt: string;
  images: readonly KeptImage[];
}

export interface LastFeed {
  userId: string;
  /** ISO 8601. */
  keptAt: string;
  /** Newest first. */
  tasks: readonly KeptTask[];
}

export type LastFeedStore = ReturnType<typeof createLastFeedStore>;

const cacheName = 'proofsheet-last-feed';
/** Addresses of the cache only; the server has nothing there. */
const listAddress = '/last-feed/tasks.json';
const pictureAddress = (imageId: string) => `/last-feed/${encodeURIComponent(imageId)}`;

export function createLastFeedStore(parts: { caches: CacheStorage; fetch: typeof fetch }) {
  const { caches } = parts;
  /** Of the writes that `clear` ends. */
  let writing = new AbortController();
  let opened: Promise<Cache> | undefined;
  let last: Promise<void> = Promise.resolve();

  const write = async (
    feed: LastFeed,
    thumbnails: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> => {
    if (signal.aborted) return;
    // One handle for all writes until `clear`: what is put into a cache that was deleted meanwhile is gone with it.
    const cache = await (opened ??= caches.open(cacheName));
    const kept = new Set([listAddress, ...[...thumbnails.keys()].map(pictureAddress)]);
    for (const { url } of await cache.keys()) {
      const { pathname } = new URL(url);
      if (!kept.has(pathname)) await cache.delete(pathname);
    }
    for (const [imageId, url] of thumbnails) {
      if (signal.aborted) return;
      if (await cache.match(pictureAddress(imageId))) continue;
      // The page has just shown it.
      const response = await parts.fetch(url, { cache: 'force-cache', signal }).catch(() => undefined);
      if (response?.ok && !signal.aborted)
        await cache.put(pictureAddress(imageId), new Response(await response.blob()));
    }
    if (!signal.aborted) await cache.put(listAddress, Response.json(feed));
  };

  return {
    /** Replaces what was kept. `thumbnails` has addresses of this site by the ids of the images. */
    write(feed: LastFeed, thumbnails: ReadonlyMap<string, string>): Promise<void> {
      const { signal } = writing;
      // A browser may forbid the storage, or have no room.
      last = last.then(() => write(feed, thumbnails, signal)).catch(() => {});
      return last;
    },
    /** Undefined where nothing is kept. */
    async read(): Promise<LastFeed | undefined> {
      if (!(await caches.has(cacheName))) return undefined;
      const cache = await caches.open(cacheName);
      return (await (await cache.match(listAddress))?.json()) as LastFeed | undefined;
    },
    async picture(imageId: string): Promise<Blob | undefined> {
      return (await caches.match(pictureAddress(imageId), { cacheName }))?.blob();
    },
    async clear(): Promise<void> {
      writing.abort();
      writing = new AbortController();
      opened = undefined;
      await caches.delete(cacheName);
    },
  };
}
