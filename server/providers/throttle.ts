/** Keeps calls within a provider's limits before it has to refuse them: one count for all nodes, where they share Redis. */
import type { Redis } from 'ioredis';
import { createSharedRateLimiter } from '../lib/rate-limiter.ts';
import type { ImageProvider } from './provider.ts';

export interface CallLimits {
  /** Submissions a minute. */
  creations: number;
  /** All other calls a minute. */
  others: number;
}

/** https://replicate.com/docs/topics/predictions/rate-limits */
export const replicateLimits: CallLimits = { creations: 600, others: 3_000 };

/** The share of the other calls that polls are spread over; the rest is left to other calls, uncounted ones too. */
const pollShare = 0.8;

/** A limit of fewer calls a minute is counted by the minute: its share of a second would be less than one. */
const smoothFrom = 600;

/** The least time to the next try of a call beyond the limit. */
const shortestRetryMs = 50;

/**
 * The same limit by the second, so that what exceeds it waits for a second and not for the rest of a minute in which no
 * call is left. Any minute overlaps at most 61 of the seconds.
 */
function windowOf(perMinute: number) {
  if (perMinute < smoothFrom) return { perMinute };
  return { perMinute: Math.floor(perMinute / 61), windowSeconds: 1 };
}

interface Options {
  name: string;
  limits: CallLimits;
  /** Shared by all nodes; absent: this process counts for itself. */
  redis?: Redis | undefined;
}

/** The provider, asked no more often than its limits allow: what is beyond them is to be tried again later. */
export function throttle(provider: ImageProvider, { name, limits, redis }: Options): ImageProvider {
  // Creations may come in a burst: a provider counts them by the minute, and a task waits for its own.
  const creations = createSharedRateLimiter({
    name: `calls:${name}:creations`,
    perMinute: limits.creations,
    redis,
  });
  const others = createSharedRateLimiter({
    name: `calls:${name}:others:second`,
    ...windowOf(limits.others),
    redis,
  });
  const creationWaitMs = async () => (await creations.take('all')).waitMs;
  // Spread over twice the time, because calls that wait for the same instant would exceed the limit together again.
  const otherWaitMs = async () => {
    const { waitMs, resetMs } = await others.take('all');
    return waitMs && Math.ceil(Math.max(shortestRetryMs, resetMs) * (1 + Math.random()));
  };
  const { poll, find } = provider;

  return {
    ...provider,
    async start(request, options) {
      const afterMs = await creationWaitMs();
      if (afterMs === 0) return provider.start(request, options);
      return { status: 'failed', failure: { code: 'RATE_LIMITED', reason: 'OWN_LIMIT', retry: { afterMs } } };
    },
    ...(poll && {
      pollsPerMinute: Math.max(1, Math.floor(limits.others * pollShare)),
      async poll(operation, options) {
        const retryAfterMs = await otherWaitMs();
        return retryAfterMs === 0 ? poll(operation, options) : { status: 'postponed', retryAfterMs };
      },
    }),
    ...(find && {
      async find(submission, options) {
        const retryAfterMs = await otherWaitMs();
        return retryAfterMs === 0 ? find(submission, options) : { status: 'postponed', retryAfterMs };
      },
    }),
  };
}
