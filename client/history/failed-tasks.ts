/** All tasks without a result that a filter finds, loaded or not. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { TaskFilter, TaskStatus } from '../api/generated/graphql.ts';
import type { PageInfo } from '../api/paging.ts';
import { queryUncached } from '../api/uncached.ts';

const FailedTasksDocument = graphql(`
  query FailedTasks($filter: TaskFilter!, $first: Int!, $after: String) {
    viewer {
      id
      tasks(first: $first, after: $after, filter: $filter) {
        nodes {
          id
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

/** As many as the server gives at a time. */
const pageSize = 100;

export type FailedStatus = Extract<TaskStatus, 'FAILED' | 'CANCELED'>;

/** Which of them a filter is about: the cancelled where it asks for those, the failed where it does not leave them out. */
export function failedStatus({ status }: TaskFilter): FailedStatus | undefined {
  if (!status) return 'FAILED';
  const [only] = [status].flat();
  return only === 'FAILED' || only === 'CANCELED' ? only : undefined;
}

/** How many there are; undefined until that is known. Ends with its owner. */
export function createFailedCount(options: {
  client: Client;
  /** Undefined where they are not counted. */
  filter: Accessor<TaskFilter | undefined>;
  /** Changes when there may be more, or fewer. */
  changes: Accessor<unknown>;
}): Accessor<number | undefined> {
  const [count, setCount] = createSignal<number>();
  // Text, as an equal filter comes in a new object.
  const key = createMemo(() => JSON.stringify(options.filter()));
  createEffect(on(key, () => void setCount(undefined)));
  createEffect(
    on([key, options.changes], ([text]) => {
      if (text === undefined) return;
      let isOver = false;
      onCleanup(() => (isOver = true));
      const filter = JSON.parse(text) as TaskFilter;
      void queryUncached(options.client, FailedTasksDocument, { filter, first: 1 }).then(({ data }) => {
        if (!isOver && data?.viewer) setCount(data.viewer.tasks.totalCount);
      });
    }),
  );
  return count;
}

/** Their ids, page by page; undefined where a page did not come. */
export async function findFailedTasks(client: Client, filter: TaskFilter): Promise<string[] | undefined> {
  const ids: string[] = [];
  let page: PageInfo = { hasNextPage: true, endCursor: null };
  while (page.hasNextPage) {
    const after = page.endCursor;
    const variables = { filter, first: pageSize, ...(after && { after }) };
    const { data } = await queryUncached(client, FailedTasksDocument, variables);
    if (!data?.viewer) return undefined;
    ids.push(...data.viewer.tasks.nodes.map(({ id }) => id));
    page = data.viewer.tasks.pageInfo;
  }
  return ids;
}
