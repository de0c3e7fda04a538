/** The Cache Storage of a browser, as far as the client uses it, by path. */
export function createFakeCaches(
  fetch: typeof globalThis.fetch = async () => new Response(''),
): CacheStorage {
  const stored = new Map<string, Map<string, Response>>();
  const pathOf = (key: RequestInfo | URL) =>
    new URL(key instanceof Request ? key.url : String(key), location.href).pathname;
  const matchIn = (entries: Map<string, Response> | undefined, key: RequestInfo | URL) =>
    entries?.get(pathOf(key))?.clone();
  const cacheOf = (entries: Map<string, Response>) => ({
    match: async (key: RequestInfo | URL) => matchIn(entries, key),
    put: async (key: RequestInfo | URL, response: Response) => void entries.set(pathOf(key), response),
    addAll: async (keys: string[]) => {
      for (const key of keys) entries.set(pathOf(key), await fetch(key));
    },
    delete: async (key: RequestInfo | URL) => entries.delete(pathOf(key)),
    keys: async () => [...entries.keys()].map((path) => ({ url: new URL(path, location.href).href })),
  });
  return {
    has: async (name: string) => stored.has(name),
    keys: async () => [...stored.keys()],
    delete: async (name: string) => stored.delete(name),
    async open(name: string) {
      if (!stored.has(name)) stored.set(name, new Map());
      return cacheOf(stored.get(name)!);
    },
    async match(key: RequestInfo | URL, options?: MultiCacheQueryOptions) {
      const searched = options?.cacheName ? [stored.get(options.cacheName)] : [...stored.values()];
      for (const entries of searched) {
        const found = matchIn(entries, key);
        if (found) return found;
      }
      return undefined;
    },
  } as unknown as CacheStorage;
}
