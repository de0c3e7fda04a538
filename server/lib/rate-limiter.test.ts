import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createCallerRateLimiter,
  createRateLimiter,
  type OwnRateLimiter,
  type RateLimiter,
} from './rate-limiter.ts';
import { createRefusedRequestLimit } from '../http/request-limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request beyond a limit', () => {
  const take = async (limiter: RateLimiter) => (await limiter.take('key')).waitMs > 0;
  const admit = async (limiter: OwnRateLimiter) => {
    const addressOf = () => 'address';
    const { admit } = createRefusedRequestLimit({ limiter, addressOf, viewerOf: async () => null });
    return (await admit({ headers: {} } as IncomingMessage)).waitMs > 0;
  };
  it.each<[string, () => Promise<boolean>]>([
    ['of requests', take.bind(null, createCallerRateLimiter({ perMinute: 0 }))],
    ['of refused requests', admit.bind(null, createRateLimiter({ perMinute: 0 }))],
  ])('%s is refused after a second', async (_, isRefused) => {
    const settled = vi.fn<(isRefused: boolean) => void>();
    void isRefused().then(settled);
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledWith(true);
  });
});

it('delays nothing within the limit', async () => {
  const limiter = createCallerRateLimiter({ perMinute: 1 });
  expect(await limiter.take('key')).toMatchObject({ waitMs: 0 });
});

it('tells what is left of the minute, and when it begins again', async () => {
  const limiter = createRateLimiter({ perMinute: 3 });
  expect(await limiter.take('key', 2)).toEqual({ waitMs: 0, remaining: 1, resetMs: 60_000 });
  vi.advanceTimersByTime(20_000);
  expect(await limiter.take('key', 0)).toEqual({ waitMs: 0, remaining: 1, resetMs: 40_000 });
  expect(await limiter.take('key', 2)).toEqual({ waitMs: 40_000, remaining: 0, resetMs: 40_000 });
});
