/** Rate limits. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { sleep } from './sleep.ts';

export type RateLimiter = ReturnType<typeof createRateLimiter>;

const shortestWaitMs = 1_000;
const refusalDelayMs = 1_000;

/** What is left of the limit for a key. */
export interface Usage {
  /** 0 within the limit, else the milliseconds to wait. */
  waitMs: number;
  /** Points left until the reset. */
  remaining: number;
  /** Milliseconds until the key has all of its points again. */
  resetMs: number;
}

interface Options {
  name: string;
  /** Points a minute; in each `windowSeconds`, where given. */
  perMinute: number;
  /** Default: 60. */
  windowSeconds?: number;
  /** Shares the count between nodes; where it is absent or unreachable, this process counts alone. */
  redis?: Redis | undefined;
}

export function createRateLimiter({ name, perMinute, windowSeconds = 60, redis }: Options) {
  const window = { keyPrefix: name, points: perMinute, duration: windowSeconds };
  const own = new RateLimiterMemory(window);
  const limiter = redis
    ? new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: own })
    : own;
  return {
    perMinute,
    /** Counts one more of the key, or `points`; 0 only reads the count. */
    async take(key: string, points = 1): Promise<Usage> {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(key, points);
        return { waitMs: 0, remaining: remainingPoints, resetMs: msBeforeNext };
      } catch (refused) {
        const resetMs = (refused as RateLimiterRes).msBeforeNext ?? shortestWaitMs;
        return { waitMs: Math.max(shortestWaitMs, resetMs), remaining: 0, resetMs };
      }
    },
    /** Subtracts one from the count of the key. */
    async giveBack(key: string): Promise<void> {
      await limiter.reward(key, 1);
    },
  };
}

/** Limits what callers send; their refusal comes after a delay, see `delayRefusal`. */
export function createCallerRateLimiter(options: Options): RateLimiter {
  const limiter = createRateLimiter(options);
  return {
    ...limiter,
    async take(...count) {
      const usage = await limiter.take(...count);
      await delayRefusal(usage.waitMs);
      return usage;
    },
  };
}

/**
 * Resolves with `waitMs`, after a second unless it is 0. Clients that repeat a refused request immediately then send one
 * per second and connection instead of hundreds, each of which costs the server a look-up.
 */
export async function delayRefusal(waitMs: number): Promise<number> {
  if (waitMs > 0) await sleep(refusalDelayMs);
  return waitMs;
}
