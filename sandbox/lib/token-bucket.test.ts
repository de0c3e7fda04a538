import { describe, expect, it } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('allows a burst, then what flows in, and says when the next token comes', () => {
    const clock = { now: 0 };
    const bucket = createTokenBucket({ perMinute: 6, now: () => clock.now });
    const burst = Array.from({ length: 7 }, () => bucket.take());
    expect(burst.map(({ taken }) => taken)).toEqual([true, true, true, true, true, true, false]);
    expect(burst[0]?.remaining).toBe(5);
    expect(burst[6]).toEqual({ taken: false, remaining: 0, resetSeconds: 10 });
    clock.now = 9_999;
    expect(bucket.take().taken).toBe(false);
    clock.now = 10_000;
    expect(bucket.take().taken).toBe(true);
    clock.now = 1_000_000;
    expect(bucket.take().remaining).toBe(5);
  });
});
