/** A list of the viewer, page by page. Loaded pages stay in the cache, where a later visit finds them. */
import type { AnyVariables, OperationResult, OperationResultSource, RequestPolicy } from '@urql/core';
import { type Accessor, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import { createNextPage, type PageInfo } from './paging.ts';

interface PaginatedListOptions<Viewer, Page> {
  /** Undefined for a visitor, whose list is empty. */
  viewerId: Accessor<string | undefined>;
  /** Identifies the list among the viewer's, such as its filter as text. */
  key?: Accessor<string>;
  /** Asks for the first page, or for the one after a cursor. */
  query: (
    after: string | undefined,
    requestPolicy: RequestPolicy,
  ) => OperationResultSource<OperationResult<{ viewer: Viewer | null }, AnyVariables>>;
  pageOf: (viewer: Viewer) => Page;
}

/** Ends with its owner. */
export function createPaginatedList<Viewer extends { id: string }, Page extends { pageInfo: PageInfo }>(
  options: PaginatedListOptions<Viewer, Page>,
) {
  const { viewerId, key = () => '' } = options;
  // Another list is another object: a late response for the previous one changes nothing.
  const list = createMemo(on([viewerId, key], ([id]) => createList(id, options)));
  return {
    /** All cached pages, joined; undefined until the first one is loaded. */
    page: () => list().page(),
    status: () => (list().page() ? 'ready' : list().hasFailed() ? 'failed' : 'loading'),
    more: () => list().more(),
    loadMore: () => list().loadMore(),
    /** Fetches the first page again. */
    refresh: () => void untrack(list).refresh(),
  };
}

function createList<Viewer extends { id: string }, Page extends { pageInfo: PageInfo }>(
  viewerId: string | undefined,
  { query, pageOf }: PaginatedListOptions<Viewer, Page>,
) {
  const [page, setPage] = createSignal<Page>();
  const [hasFailed, setFailed] = createSignal(false);
  const fetchPage = async (after?: string) => !(await query(after, 'network-only').toPromise()).error;
  if (viewerId !== undefined) {
    const subscription = query(undefined, 'cache-and-network').subscribe(({ data, error, stale }) => {
      if (data?.viewer?.id === viewerId) setPage(() => pageOf(data.viewer!));
      // While it revalidates, urql repeats the last error as stale.
      if (!stale) setFailed(Boolean(error) && untrack(page) === undefined);
    });
    onCleanup(() => subscription.unsubscribe());
  }
  return {
    ...createNextPage(() => page()?.pageInfo, fetchPage),
    page,
    hasFailed,
    async refresh() {
      if (viewerId === undefined) return;
      setFailed(false);
      if (!(await fetchPage())) setFailed(untrack(page) === undefined);
    },
  };
}
