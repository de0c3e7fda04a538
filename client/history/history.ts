/** The viewer's tasks under a filter, page by page. */
import type { Client, RequestPolicy } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { TaskFilter } from '../api/generated/graphql.ts';
import { createPaginatedList } from '../api/paginated-list.ts';
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

/** Ends with its owner. */
export function createHistory(options: {
  client: Client;
  filter: Accessor<TaskFilter>;
  viewerId: Accessor<string | undefined>;
  /** Changes when something may have changed at the server that the cache cannot know of. */
  changes: Accessor<unknown>;
}) {
  const { client, filter, viewerId, changes } = options;
  // Text, as an equal filter comes in a new object.
  const key = createMemo(() => JSON.stringify(filter()));
  const { page, ...list } = createPaginatedList({
    viewerId,
    key,
    query: (after, requestPolicy) =>
      client.query(
        HistoryDocument,
        { filter: JSON.parse(untrack(key)) as TaskFilter, ...(after && { after }) },
        { requestPolicy },
      ),
    pageOf: (viewer) => viewer.tasks,
  });
  createEffect(on(changes, list.refresh, { defer: true }));

  return {
    ...list,
    /** Newest first. Pages that were loaded at different times may overlap out of order. */
    tasks: createMemo((): readonly Task[] =>
      (page()?.nodes ?? []).toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt)),
    ),
    /** How many there are under this filter, loaded or not. */
    totalCount: () => page()?.totalCount ?? 0,
  };
}

const HistoryTaskDocument = graphql(`
  query HistoryTask($id: ID!) {
    task(id: $id) {
      ...TaskFields
    }
  }
`);

/** One task of the viewer's, as the cache has it. Ends with its owner. */
export function createHistoryTask(options: {
  client: Client;
  id: Accessor<string>;
  viewerId: Accessor<string | undefined>;
}) {
  const { client, id, viewerId } = options;
  /** Null where there is no such task; undefined until known. */
  const [task, setTask] = createSignal<Task | null>();
  const [hasFailed, setFailed] = createSignal(false);
  const query = (requestPolicy: RequestPolicy) =>
    client.query(HistoryTaskDocument, { id: id() }, { requestPolicy });
  createEffect(() => {
    setTask(undefined);
    setFailed(false);
    if (viewerId() === undefined) return;
    const subscription = query('cache-and-network').subscribe(({ data, error, stale }) => {
      if (data?.task || (data && !stale)) setTask(() => data.task);
      if (!stale) setFailed(Boolean(error) && untrack(task) === undefined);
    });
    onCleanup(() => subscription.unsubscribe());
  });
  return {
    task,
    hasFailed,
    retry() {
      setFailed(false);
      void query('network-only').toPromise();
    },
  };
}

export type HistoryCodes = ReturnType<typeof createHistoryCodes>;

/**
 * The numbers of earlier tasks. `knownCode` returns the number that the feed shows for a task: it numbers the newest,
 * the others follow from their position.
 */
export function createHistoryCodes(knownCode: (taskId: string) => string | undefined) {
  /** Numbers are added and never change. */
  const [numbers, setNumbers] = createSignal<ReadonlyMap<string, number>>(new Map(), {
    equals: (one, other) => one.size === other.size,
  });
  return {
    /** Numbers the newest of `totalCount` tasks, newest first, none left out. */
    learn(tasks: readonly Task[], totalCount: number) {
      const learned = new Map(untrack(numbers));
      let next = totalCount;
      for (const { id } of tasks) {
        const number = Number(knownCode(id) ?? learned.get(id) ?? next);
        learned.set(id, number);
        next = number - 1;
      }
      setNumbers(learned);
    },
    /** Undefined where its place among all is not known: it was found by a filter. */
    of: (taskId: string) => knownCode(taskId) ?? numbers().get(taskId)?.toString(),
  };
}
