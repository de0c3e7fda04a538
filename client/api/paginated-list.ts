/** A list of the viewer, page by page. Loaded pages stay in the cache, where a later visit finds them. */
import type { AnyVariables, OperationResult, OperationResultSource, RequestPolicy } from '@urql/core';
import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import { createNextPage, type NextPage, type PageInfo } from './paging.ts';

export interface PaginatedList<Page> extends NextPage {
  status: Accessor<'loading' | 'ready' | 'failed'>;
  /** All cached pages, joined; undefined until the first one is loaded. */
  page: Accessor<Page | undefined>;
  /** Fetches the first page again. */
  refresh(): void;
}

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
): PaginatedList<Page> {
  const { viewerId, key = () => '', query, pageOf } = options;
  const [page, setPage] = createSignal<Page>();
  const [hasFailed, setFailed] = createSignal(false);
  /** Whether the page was loaded; undefined if the list has changed meanwhile. */
  const fetchPage = async (after?: string): Promise<boolean | undefined> => {
    const asked = untrack(key);
    const { error } = await query(after, 'network-only').toPromise();
    return asked === untrack(key) ? !error : undefined;
  };
  const { reset, ...nextPage } = createNextPage(
    () => page()?.pageInfo,
    async (after) => (await fetchPage(after)) ?? true,
  );

  createEffect(
    on([key, viewerId], ([, id]) => {
      setPage(undefined);
      setFailed(false);
      reset();
      if (id === undefined) return;
      const subscription = query(undefined, 'cache-and-network').subscribe(({ data, error, stale }) => {
        if (data?.viewer?.id === id) setPage(() => pageOf(data.viewer!));
        // While it revalidates, urql repeats the last error as stale.
        if (!stale) setFailed(Boolean(error) && untrack(page) === undefined);
      });
      onCleanup(() => subscription.unsubscribe());
    }),
  );

  const refresh = async () => {
    if (untrack(viewerId) === undefined) return;
    setFailed(false);
    if ((await fetchPage()) === false) setFailed(untrack(page) === undefined);
  };
  return {
    ...nextPage,
    page,
    status: () => (page() ? 'ready' : hasFailed() ? 'failed' : 'loading'),
    refresh: () => void refresh(),
  };
}
