/** The viewer's tasks, newest first. Unfinished ones are among them, so they are found again after a reload. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { FeedQuery } from '../api/generated/graphql.ts';
import { createNextPage, type NextPage } from '../api/paging.ts';
import { createStoreQuery } from '../api/client.ts';
import type { Task } from '../api/task.ts';
import { createTaskNumbers } from '../gallery/task-numbers.ts';
import type { OptimisticRequest } from '../generate/submission.ts';

const FeedDocument = graphql(`
  query Feed($after: String) {
    viewer {
      id
      tasks(first: 20, after: $after) {
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

type FeedStatus = 'loading' | 'ready' | 'failed';

export interface Feed extends NextPage {
  status: Accessor<FeedStatus>;
  tasks: Accessor<readonly Task[]>;
  task(id: string): Task | undefined;
  /** The code of a task: its number among the viewer's tasks. */
  codeOf(id: string): string;
  /** Asks the server for the newest page again. */
  refresh(): void;
  /** Hides a task on this page, or shows it again. */
  hide(id: string, hidden: boolean): void;
  isHidden(id: string): boolean;
}

/** Needs the `Provider` of `@urql/solid`. */
export function createFeed(client: Client, viewerId: Accessor<string | undefined>): Feed {
  const [result, execute] = createStoreQuery({
    query: FeedDocument,
    variables: {},
    pause: () => viewerId() === undefined,
  });
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const numbers = createTaskNumbers();

  type FeedViewer = NonNullable<FeedQuery['viewer']>;
  // A failed refresh clears the data; keep what was shown, for the same user only.
  const shown = createMemo<FeedViewer | undefined>((last) => {
    const viewer = result.data?.viewer ?? last;
    return viewer?.id === viewerId() ? viewer : undefined;
  });
  const connection = () => shown()?.tasks;
  const tasks = createMemo(() => {
    const page = connection();
    if (!page) return [];
    numbers.assign(
      page.nodes.map((task) => task.id),
      page.totalCount,
    );
    return page.nodes.filter((task) => !hidden().has(task.id));
  });
  const byId = createMemo(() => new Map(tasks().map((task) => [task.id, task])));

  // The page joins the others in the cache, and the query above shows them all.
  const { more, loadMore } = createNextPage(
    () => connection()?.pageInfo,
    async (after) =>
      !(await client.query(FeedDocument, { after }, { requestPolicy: 'network-only' }).toPromise()).error,
  );
  const refresh = () => execute({ requestPolicy: 'network-only' });
  let lastFailure: ReturnType<typeof setTimeout> | undefined;
  createEffect(() => {
    clearTimeout(lastFailure);
    if (result.error && !result.fetching) lastFailure = setTimeout(refresh, retryMs);
  });
  onCleanup(() => clearTimeout(lastFailure));

  return {
    tasks,
    refresh,
    task: (id) => byId().get(id),
    codeOf: (id) => {
      tasks();
      return numbers.of(id);
    },
    status: () => {
      if (connection()) return 'ready';
      return result.error && !result.fetching ? 'failed' : 'loading';
    },
    more,
    loadMore,
    isHidden: (id) => hidden().has(id),
    hide(id, isHidden) {
      setHidden((ids) => new Set(isHidden ? [...ids, id] : [...ids].filter((other) => other !== id)));
    },
  };
}

const retryMs = 15_000;

/**
 * The requests without a response, newest first, without those whose task is in the feed: it may arrive as a live
 * event, or in the cache, before the request resolves, and must not be shown twice.
 */
export function createOptimisticRequests(
  optimisticRequests: Accessor<readonly OptimisticRequest[]>,
  tasks: Accessor<readonly Task[]>,
): Accessor<readonly OptimisticRequest[]> {
  /** By request: the tasks that were there when it was sent. */
  const known = new Map<string, ReadonlySet<string>>();
  return createMemo(() => {
    const feed = tasks();
    const requests = optimisticRequests();
    for (const id of known.keys()) if (!requests.some((request) => request.id === id)) known.delete(id);
    const taken = new Set<string>();
    const hasNoTask = (request: OptimisticRequest): boolean => {
      const before = known.get(request.id) ?? new Set(feed.map(({ id }) => id));
      known.set(request.id, before);
      const firstKnown = feed.findIndex(({ id }) => before.has(id));
      const arrived = firstKnown === -1 ? feed : feed.slice(0, firstKnown);
      const own = arrived.findLast(
        ({ id, prompt, model }) =>
          prompt === request.prompt && model.id === request.model.id && !taken.has(id),
      );
      if (own) taken.add(own.id);
      return !own;
    };
    // The oldest request takes the oldest task.
    return requests.toReversed().filter(hasNoTask).toReversed();
  });
}
