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

export type Pace = ReturnType<typeof createPace>;

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

  /** The time in which the provider's limit admits a poll of each task, in milliseconds; 0 where it has no limit. */
  async function evenMs(provider: string): Promise<number> {
    const perMinute = providers[provider]?.pollsPerMinute;
    return perMinute === undefined ? 0 : Math.ceil(((await countOf(provider)) * 60_000) / perMinute);
  }

  return {
    evenMs,

    /** The least time to the next poll of the task, in milliseconds; 0 where its provider has no limit. */
    async nextPollMs(task: Task): Promise<number> {
      const periodMs = await evenMs(task.provider);
      if (periodMs === 0) return 0;
      // A young task is polled less often, and again when it may be near its end.
      const beganAtMs = (task.startedAt ?? task.createdAt).getTime();
      const youngMs = beganAtMs + youngShare * task.expectedDurationMs - clock.nowMs();
      return Math.max(periodMs, Math.min(periodMs / youngWeight, youngMs));
    },
  };
}
