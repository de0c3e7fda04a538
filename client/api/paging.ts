/** Pages of lists: the next one, and a complete first one. */
import { type Accessor, createSignal } from 'solid-js';
import { type Exchange, mapExchange } from '@urql/core';

export interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/**
 * The next page of a list that the cache joins. `fetchPage` fetches the page after a cursor into the cache and resolves to
 * whether it came.
 */
export function createNextPage(
  pageInfo: Accessor<PageInfo | undefined>,
  fetchPage: (after: string) => Promise<boolean>,
) {
  const [state, setState] = createSignal<'some' | 'loading' | 'failed'>('some');
  return {
    /** Whether there are more pages, and the state of the request for the next one. */
    more: () => (state() === 'some' && !pageInfo()?.hasNextPage ? 'none' : state()),
    /** Fetches the next page, unless it is loading. */
    async loadMore() {
      const after = pageInfo()?.endCursor;
      if (!after || state() === 'loading') return;
      setState('loading');
      setState((await fetchPage(after)) ? 'some' : 'failed');
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
