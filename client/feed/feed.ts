/** The viewer's tasks, newest first. Unfinished ones are among them, so they are found again after a reload. */
import type { Client } from '@urql/core';
import { type Accessor, createMemo, createSignal } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { FeedQuery } from '../api/generated/graphql.ts';
import { createNextPage } from '../api/paging.ts';
import { createStoreQuery, retryWhile } from '../api/client.ts';
import type { Task } from '../api/task.ts';
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

export type Feed = ReturnType<typeof createFeed>;

/** Needs the `Provider` of `@urql/solid`. */
export function createFeed(client: Client, viewerId: Accessor<string | undefined>) {
  const [result, execute] = createStoreQuery({
    query: FeedDocument,
    variables: {},
    pause: () => viewerId() === undefined,
  });
  const refresh = () => execute({ requestPolicy: 'network-only' });
  // A failed refresh clears the data; keep what was shown, for the same user only.
  const shown = createMemo<FeedQuery['viewer'] | undefined>((last) => {
    const viewer = result.data?.viewer ?? last;
    return viewer?.id === viewerId() ? viewer : undefined;
  });
  const connection = () => shown()?.tasks;
  const hasFailed = () => Boolean(result.error) && !result.fetching;
  retryWhile(hasFailed, refresh);

  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const numbers = createTaskNumbers();
  const tasks = createMemo((): readonly Task[] => {
    const { nodes = [], totalCount = 0 } = connection() ?? {};
    const taskIds = nodes.map((task) => task.id);
    numbers.assign(taskIds, totalCount);
    return nodes.filter((task) => !hidden().has(task.id));
  });
  const byId = createMemo(() => new Map(tasks().map((task) => [task.id, task])));

  // The page joins the others in the cache, and the query above shows them all.
  const { more, loadMore } = createNextPage(
    () => connection()?.pageInfo,
    async (after) =>
      !(await client.query(FeedDocument, { after }, { requestPolicy: 'network-only' }).toPromise()).error,
  );

  return {
    more,
    loadMore,
    /** On this page, newest first. */
    tasks,
    task: (id: string): Task | undefined => byId().get(id),
    /** The code of a task: its number among the viewer's tasks. */
    codeOf(id: string) {
      tasks();
      return numbers.of(id);
    },
    status: () => (connection() ? 'ready' : hasFailed() ? 'failed' : 'loading'),
    /** Asks the server for the newest page again. */
    refresh,
    isHidden: (id: string) => hidden().has(id),
    /** Hides a task on this page, or shows it again. */
    hide(id: string, isHidden: boolean) {
      setHidden((ids) => new Set(isHidden ? [...ids, id] : [...ids].filter((other) => other !== id)));
    },
  };
}

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

/**
 * The number of a task among the viewer's tasks, the oldest being 1. It stays the same while the page is open, so that a
 * deletion or a new task renumbers nothing on screen.
 */
export function createTaskNumbers() {
  const numbers = new Map<string, number>();
  let highest = 0;
  const give = (id: string, number: number) => {
    numbers.set(id, number);
    highest = Math.max(highest, number);
  };

  return {
    /** Numbers what is new among these tasks, which are the newest of `totalCount`, newest first. */
    assign(taskIds: readonly string[], totalCount: number) {
      const lastKnown = taskIds.findLastIndex((id) => numbers.has(id));
      for (const id of taskIds.slice(0, Math.max(0, lastKnown)).toReversed())
        if (!numbers.has(id)) give(id, highest + 1);
      const known = numbers.get(taskIds[lastKnown] ?? '');
      let number = known === undefined ? Math.max(totalCount, highest + taskIds.length) : known - 1;
      for (const id of taskIds.slice(lastKnown + 1)) give(id, number--);
    },
    /** Its number; the next free one where it has none yet. */
    of: (taskId: string) => String(numbers.get(taskId) ?? highest + 1),
  };
}
