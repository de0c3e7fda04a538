/** Pages of lists: the next one, and a complete first one. */
import { type Accessor, createSignal } from 'solid-js';
import { type Exchange, mapExchange } from '@urql/core';

export interface NextPage {
  /** Whether there are more pages, and the state of the request for the next one. */
  more: Accessor<'none' | 'some' | 'loading' | 'failed'>;
  /** Fetches the next page, unless it is loading. */
  loadMore(): Promise<void>;
}

export interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/**
 * The next page of a list that the cache joins. `fetchPage` fetches the page after a cursor into the cache and resolves to
 * whether it came. `reset` is for another list: a response for the previous one is ignored.
 */
export function createNextPage(
  pageInfo: Accessor<PageInfo | undefined>,
  fetchPage: (after: string) => Promise<boolean>,
): NextPage & { reset(): void } {
  const [state, setState] = createSignal<'some' | 'loading' | 'failed'>('some');
  let listNumber = 0;
  return {
    more: () => (state() === 'some' && !pageInfo()?.hasNextPage ? 'none' : state()),
    async loadMore() {
      const after = pageInfo()?.endCursor;
      if (!after || state() === 'loading') return;
      const requested = listNumber;
      setState('loading');
      const isLoaded = await fetchPage(after);
      if (requested === listNumber) setState(isLoaded ? 'some' : 'failed');
    },
    reset() {
      listNumber += 1;
      setState('some');
    },
  };
}

interface Page {
  nodes: { id: string }[];
  pageInfo: PageInfo;
}

/**
 * Keeps a list complete when its first page is loaded again. The response holds as many tasks as before, so if new
 * ones came on top, as many drop off its end, and the next page starts after them: they would be on no page. This
 * exchange appends them to the first page before the cache stores it.
 *
 * Goes directly after the cache, and before exchanges that need everything that the cache will store.
 */
export function createFirstPagesExchange(): Exchange {
  const known = new Map<string, Page>();
  return mapExchange({
    onResult(result) {
      const { viewer } = (result.data ?? {}) as { viewer?: { id: string; tasks?: Page } | null };
      const { after, filter } = (result.operation.variables ?? {}) as { after?: unknown; filter?: unknown };
      if (!viewer?.tasks || after) return result;
      const key = JSON.stringify([viewer.id, filter]);
      const page = joined(viewer.tasks, known.get(key));
      known.set(key, page);
      return { ...result, data: { ...result.data, viewer: { ...viewer, tasks: page } } };
    },
  });
}

function joined(page: Page, before: Page | undefined): Page {
  const last = page.nodes.at(-1);
  if (!before || !last || !page.pageInfo.hasNextPage) return page;
  const place = before.nodes.findIndex((node) => node.id === last.id);
  const rest = place === -1 ? [] : before.nodes.slice(place + 1);
  return rest.length === 0 ? page : { ...page, nodes: [...page.nodes, ...rest], pageInfo: before.pageInfo };
}
