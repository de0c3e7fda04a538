/** Spreads the polls of all nodes evenly within the limits of a provider, closer where a task may soon end. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ImageProvider } from '../../providers/provider.ts';
import { youngShare, youngWeight } from '../store/queue.ts';

interface Dependencies {
  providers: Readonly<Record<string, Pick<ImageProvider, 'pollsPerMinute'>>>;
  clock: Clock;
  /** How many tasks the provider works on now, over all nodes; a young one counts as `youngWeight`. */
  countRunning: (provider: string) => Promise<number>;
}

/** How long a count is reused. */
const freshMs = 1_000;

/** @returns the least time to the next poll of a task, in milliseconds; 0 where its provider has no limit */
export function createPace({ providers, clock, countRunning }: Dependencies) {
  const known = new Map<string, { count: Promise<number>; atMs: number }>();

  function countOf(provider: string): Promise<number> {
    const before = known.get(provider);
    if (before && performance.now() - before.atMs < freshMs) return before.count;
    // While the database is unavailable, the last count is used.
    const count = countRunning(provider).catch(() => before?.count ?? 0);
    known.set(provider, { count, atMs: performance.now() });
    return count;
  }

  return async (task: Task): Promise<number> => {
    const perMinute = providers[task.provider]?.pollsPerMinute;
    if (perMinute === undefined) return 0;
    const evenMs = Math.ceil(((await countOf(task.provider)) * 60_000) / perMinute);
    // A young task is polled less often, and again when it may be near its end.
    const beganAtMs = (task.startedAt ?? task.createdAt).getTime();
    const youngMs = beganAtMs + youngShare * task.expectedDurationMs - clock.nowMs();
    return Math.max(evenMs, Math.min(evenMs / youngWeight, youngMs));
  };
}
