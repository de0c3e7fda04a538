import { type Accessor, createSignal } from 'solid-js';

export interface NextPage {
  /** Whether there are more pages, and the state of the request for the next one. */
  more: Accessor<'none' | 'some' | 'loading' | 'failed'>;
  /** Fetches the next page, unless it is on its way already. */
  loadMore(): Promise<void>;
}

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/**
 * The next page of a list that the cache joins. `fetchPage` fetches the page after a cursor into the cache and resolves to
 * whether it came. `reset` is for another list: an answer for the one before is ignored.
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
      const asked = listNumber;
      setState('loading');
      const isLoaded = await fetchPage(after);
      if (asked === listNumber) setState(isLoaded ? 'some' : 'failed');
    },
    reset() {
      listNumber += 1;
      setState('some');
    },
  };
}
