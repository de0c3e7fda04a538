/** Keeps calls within a provider's limits before it has to refuse them: one count for all nodes, where they share Redis. */
import type { Redis } from 'ioredis';
import { createRateLimiter } from '../lib/rate-limiter.ts';
import type { ImageProvider } from './provider.ts';

export interface CallLimits {
  /** Submissions a minute. */
  creations: number;
  /** All other calls a minute. */
  others: number;
}

/** https://replicate.com/docs/topics/predictions/rate-limits */
export const replicateLimits: CallLimits = { creations: 600, others: 3_000 };

/** The share of the other calls that polls are spread over; the rest is left to looking for submissions and to chance. */
const pollShare = 0.8;

interface Options {
  name: string;
  limits: CallLimits;
  /** Shared by all nodes; absent: this process counts for itself. */
  redis?: Redis | undefined;
}

/** The provider, asked no more often than its limits allow: what is beyond them is to be tried again later. */
export function throttle(provider: ImageProvider, { name, limits, redis }: Options): ImageProvider {
  const waitMs = (kind: keyof CallLimits) => {
    const limiter = createRateLimiter({ name: `calls:${name}:${kind}`, perMinute: limits[kind], redis });
    return async () => (await limiter.take('all')).waitMs;
  };
  const creationWaitMs = waitMs('creations');
  const otherWaitMs = waitMs('others');
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
