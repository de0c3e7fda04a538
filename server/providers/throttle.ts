/** Keeps calls within a provider's limits before it has to refuse them: one count for all nodes, where they share Redis. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { ImageProvider } from './provider.ts';

export interface CallLimits {
  /** Submissions a minute. */
  creations: number;
  /** All other calls a minute. */
  others: number;
}

/** https://replicate.com/docs/topics/predictions/rate-limits */
export const replicateLimits: CallLimits = { creations: 600, others: 3_000 };

interface Options {
  name: string;
  limits: CallLimits;
  /** Shared by all nodes; absent: this process counts for itself. */
  redis?: Redis | undefined;
}

/** The provider, asked no more often than its limits allow: what is beyond them is to be tried again later. */
export function throttle(provider: ImageProvider, { name, limits, redis }: Options): ImageProvider {
  const limiter = (kind: keyof CallLimits) => {
    const options = { keyPrefix: `proofsheet:calls:${name}:${kind}`, points: limits[kind], duration: 60 };
    const own = new RateLimiterMemory(options);
    return redis ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: own }) : own;
  };
  const creations = limiter('creations');
  const others = limiter('others');
  const { poll, find } = provider;

  return {
    ...provider,
    async start(request, options) {
      const afterMs = await waitMs(creations);
      if (afterMs === 0) return provider.start(request, options);
      return { status: 'failed', failure: { code: 'RATE_LIMITED', reason: 'OWN_LIMIT', retry: { afterMs } } };
    },
    ...(poll && {
      async poll(operation, options) {
        const retryAfterMs = await waitMs(others);
        return retryAfterMs === 0 ? poll(operation, options) : { status: 'unknown', retryAfterMs };
      },
    }),
    ...(find && {
      async find(submission, options) {
        return (await waitMs(others)) === 0 ? find(submission, options) : { status: 'unknown' };
      },
    }),
  };
}

/** 0 where the call may be made now. */
async function waitMs(limiter: RateLimiterMemory | RateLimiterRedis): Promise<number> {
  try {
    await limiter.consume('all');
    return 0;
  } catch (refused) {
    return Math.max(1_000, (refused as RateLimiterRes).msBeforeNext ?? 1_000);
  }
}
