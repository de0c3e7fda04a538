/** The viewer's earlier tasks under a filter, page by page. What was loaded stays in the cache: Back finds it there. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { HistoryQuery, TaskFilter } from '../api/generated/graphql.ts';
import type { Task } from '../api/task.ts';

const HistoryDocument = graphql(`
  query History($filter: TaskFilter!, $after: String) {
    viewer {
      id
      tasks(first: 24, after: $after, filter: $filter) {
        nodes {
          ...TaskFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  }
`);

type Page = NonNullable<HistoryQuery['viewer']>['tasks'];

interface History {
  status: Accessor<'loading' | 'ready' | 'failed'>;
  /** Newest first. */
  tasks: Accessor<readonly Task[]>;
  /** How many there are under this filter, loaded or not. */
  totalCount: Accessor<number>;
  more: Accessor<'none' | 'some' | 'loading' | 'failed'>;
  loadMore(): Promise<void>;
  /** Asks the server for the newest page again. */
  refresh(): void;
}

interface HistoryOptions {
  client: Client;
  filter: Accessor<TaskFilter>;
  viewerId: Accessor<string | undefined>;
  /** Changes when something may have changed at the server that the cache cannot know of. */
  changes: Accessor<unknown>;
}

/** Ends with its owner. */
export function createHistory({ client, filter, viewerId, changes }: HistoryOptions): History {
  const [page, setPage] = createSignal<Page>();
  const [hasFailed, setFailed] = createSignal(false);
  const [loadingMore, setLoadingMore] = createSignal<'idle' | 'loading' | 'failed'>('idle');
  // The same words must not be asked for twice because they come in a new object.
  const wanted = createMemo(() => JSON.stringify(filter()));
  const variables = () => ({ filter: JSON.parse(wanted()) as TaskFilter });

  createEffect(
    on([wanted, viewerId], () => {
      setPage(undefined);
      setFailed(false);
      setLoadingMore('idle');
      if (viewerId() === undefined) return;
      const subscription = client
        .query(HistoryDocument, variables(), { requestPolicy: 'cache-and-network' })
        .subscribe((result) => {
          const { viewer } = result.data ?? {};
          if (viewer?.id === untrack(viewerId)) setPage(viewer?.tasks);
          // A failure comes again, as stale, while the server is asked anew.
          if (!result.stale) setFailed(Boolean(result.error) && untrack(page) === undefined);
        });
      onCleanup(() => subscription.unsubscribe());
    }),
  );

  const ask = async (after?: string) => {
    const asked = untrack(wanted);
    const result = await client
      .query(HistoryDocument, { ...variables(), ...(after && { after }) }, { requestPolicy: 'network-only' })
      .toPromise();
    return { isFailed: Boolean(result.error), isCurrent: asked === untrack(wanted) };
  };
  const refresh = async () => {
    if (untrack(viewerId) === undefined) return;
    setFailed(false);
    const { isFailed, isCurrent } = await ask();
    if (isCurrent) setFailed(isFailed && untrack(page) === undefined);
  };
  createEffect(on(changes, () => void refresh(), { defer: true }));

  return {
    refresh: () => void refresh(),
    status: () => {
      if (page()) return 'ready';
      return hasFailed() ? 'failed' : 'loading';
    },
    // Pages that were loaded at different times may overlap out of order.
    tasks: createMemo(() => (page()?.nodes ?? []).toSorted(newestFirst)),
    totalCount: () => page()?.totalCount ?? 0,
    more: () => {
      const state = loadingMore();
      if (state !== 'idle') return state;
      return page()?.pageInfo.hasNextPage ? 'some' : 'none';
    },
    async loadMore() {
      const after = page()?.pageInfo.endCursor;
      if (!after || loadingMore() === 'loading') return;
      setLoadingMore('loading');
      const { isFailed, isCurrent } = await ask(after);
      if (isCurrent) setLoadingMore(isFailed ? 'failed' : 'idle');
    },
  };
}

function newestFirst(one: Task, other: Task): number {
  return Date.parse(other.createdAt) - Date.parse(one.createdAt);
}

/** The numbers of earlier strips. The feed has numbered the newest; the others follow from their place among all. */
export interface HistoryCodes {
  /** Numbers the newest of `totalCount` tasks, newest first, none left out. */
  learn(tasks: readonly Task[], totalCount: number): void;
  /** Undefined where its place among all is not known: it was found by a filter. */
  of(taskId: string): string | undefined;
}

/** `knownCode` answers with the number that a task already has on screen elsewhere. */
export function createHistoryCodes(knownCode: (taskId: string) => string | undefined): HistoryCodes {
  const numbers = new Map<string, number>();
  return {
    learn(tasks, totalCount) {
      let next = totalCount;
      for (const { id } of tasks) {
        const known = knownCode(id);
        const number = known === undefined ? (numbers.get(id) ?? next) : Number(known);
        numbers.set(id, number);
        next = number - 1;
      }
    },
    of(taskId) {
      const number = knownCode(taskId) ?? numbers.get(taskId);
      return number === undefined ? undefined : String(number);
    },
  };
}
