/** Rate limits. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { createRateWindows } from './rate-windows.ts';
import { sleep } from './sleep.ts';

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

export interface RateLimiter {
  /** Points of a key in a window. */
  perMinute: number;
  /** Counts one more of the key, or `points`; 0 only reads the count. No promise where this process counts and admits it. */
  take(key: string, points?: number): Usage | Promise<Usage>;
  /** Subtracts one from the count of the key. */
  giveBack(key: string): void;
}

/** Counts in this process alone. */
export interface OwnRateLimiter extends RateLimiter {
  take(key: string, points?: number): Usage;
}

interface Options {
  name: string;
  /** Points a minute; in each `windowSeconds`, where given. */
  perMinute: number;
  /** Default: 60. */
  windowSeconds?: number;
}

export function createRateLimiter({ perMinute, windowSeconds = 60 }: Omit<Options, 'name'>): OwnRateLimiter {
  const windows = createRateWindows(windowSeconds * 1000);
  return {
    perMinute,
    take(key, points = 1) {
      const { points: taken, resetMs } = windows.add(key, points);
      if (taken <= perMinute) return { waitMs: 0, remaining: perMinute - taken, resetMs };
      return { waitMs: Math.max(shortestWaitMs, resetMs), remaining: 0, resetMs };
    },
    giveBack: (key) => windows.subtract(key),
  };
}

/** Shares the count between nodes by Redis; where that is absent or unreachable, this process counts alone. */
export function createSharedRateLimiter(
  options: Options & { redis: Redis | undefined },
): Pick<RateLimiter, 'take'> {
  const { name, perMinute, windowSeconds = 60, redis } = options;
  if (!redis) return createRateLimiter(options);
  const window = { keyPrefix: name, points: perMinute, duration: windowSeconds };
  const insuranceLimiter = new RateLimiterMemory(window);
  const limiter = new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter });
  return {
    async take(key, points = 1) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(key, points);
        return { waitMs: 0, remaining: remainingPoints, resetMs: msBeforeNext };
      } catch (refused) {
        const resetMs = (refused as RateLimiterRes).msBeforeNext ?? shortestWaitMs;
        return { waitMs: Math.max(shortestWaitMs, resetMs), remaining: 0, resetMs };
      }
    },
  };
}

/** Limits what callers send; their refusal comes after a delay, see `delayRefusal`. */
export function createCallerRateLimiter(options: Omit<Options, 'name'>): RateLimiter {
  const limiter = createRateLimiter(options);
  return {
    ...limiter,
    take(...count) {
      const usage = limiter.take(...count);
      return usage.waitMs === 0 ? usage : delayRefusal(usage.waitMs).then(() => usage);
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
