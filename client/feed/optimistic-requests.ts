/** Requests without a response, until their task is in the feed, so that none is shown twice. */
import { type Accessor, createMemo } from 'solid-js';
import type { OptimisticRequest } from '../generate/submission.ts';
import type { Task } from '../api/task.ts';

/**
 * The requests, newest first, without those whose task is in the feed: it may arrive as a live event, or in the
 * cache, before the request resolves.
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
