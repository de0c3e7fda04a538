/** What the service worker keeps and when it answers: the page starts without a connection. */

/** A build, as it is written into the worker. */
export interface Build {
  /** The id in the page, see `build/output-files.ts`. */
  id: string;
  /** The addresses of the page. */
  routes: readonly string[];
  /** The files that the page loads; their names carry hashes. */
  files: readonly string[];
}

const prefix = 'proofsheet-shell-';

/**
 * Keeps the page and the files of one build, and nothing else: no answer of the API and no picture of a user. The page
 * comes from the server whenever that can be reached, so that a new version is never held back.
 */
export function createShell(
  { id, routes, files }: Build,
  parts: { caches: CacheStorage; fetch: typeof fetch },
) {
  const { caches } = parts;
  const name = prefix + id;

  const fetchPage = async (request: Request): Promise<Response> => {
    try {
      return await parts.fetch(request);
    } catch (error) {
      const kept = await (await caches.open(name)).match('/', { ignoreVary: true });
      if (kept) return kept;
      throw error;
    }
  };
  const fetchFile = async (request: Request): Promise<Response> =>
    (await caches.match(request.url, { ignoreVary: true })) ?? parts.fetch(request);

  return {
    /** Rejects where the server has another build by now: the next visit installs that one. */
    async install(): Promise<void> {
      const cache = await caches.open(name);
      const page = await parts.fetch('/', { cache: 'reload' });
      if (!page.ok || !(await page.clone().text()).includes(`content="${id}"`))
        throw new Error(`The server does not have build ${id}.`);
      await Promise.all([cache.put('/', page), cache.addAll([...files])]);
    },

    /** Removes older builds but the last one: open pages of it still load their lazy parts. */
    async activate(): Promise<void> {
      const others = (await caches.keys()).filter((other) => other.startsWith(prefix) && other !== name);
      await Promise.all(others.slice(0, -1).map((other) => caches.delete(other)));
    },

    /** The response; undefined for what the browser does as without a worker. */
    respond(request: Request): Promise<Response> | undefined {
      const { origin, pathname } = new URL(request.url);
      if (request.method !== 'GET' || origin !== location.origin) return undefined;
      if (request.mode === 'navigate')
        return routes.includes(pathname.replace(/(.)\/+$/, '$1')) ? fetchPage(request) : undefined;
      return pathname.startsWith('/assets/') ? fetchFile(request) : undefined;
    },
  };
}
