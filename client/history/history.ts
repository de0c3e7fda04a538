/** The viewer's tasks under a filter, page by page. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, on, untrack } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { HistoryQuery, TaskFilter } from '../api/generated/graphql.ts';
import { createPaginatedList, type PaginatedList } from '../api/paginated-list.ts';
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

interface History extends Omit<PaginatedList<Page>, 'page'> {
  /** Newest first. */
  tasks: Accessor<readonly Task[]>;
  /** How many there are under this filter, loaded or not. */
  totalCount: Accessor<number>;
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
    // Pages that were loaded at different times may overlap out of order.
    tasks: createMemo(() => (page()?.nodes ?? []).toSorted(newestFirst)),
    totalCount: () => page()?.totalCount ?? 0,
  };
}

function newestFirst(one: Task, other: Task): number {
  return Date.parse(other.createdAt) - Date.parse(one.createdAt);
}

/** The numbers of earlier tasks. The feed numbers the newest; the others follow from their position. */
export interface HistoryCodes {
  /** Numbers the newest of `totalCount` tasks, newest first, none left out. */
  learn(tasks: readonly Task[], totalCount: number): void;
  /** Undefined where its place among all is not known: it was found by a filter. */
  of(taskId: string): string | undefined;
}

/** `knownCode` returns the number that the feed shows for a task. */
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
