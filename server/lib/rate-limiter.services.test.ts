import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { createSharedRateLimiter } from './rate-limiter.ts';
import { connectRedis } from './redis.ts';

const url = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** A limiter of one a minute, as a node of that installation has it. */
async function limiterOf(prefix: string) {
  const redis = connectRedis({ url, prefix });
  onTestFinished(() => redis.disconnect());
  await once(redis, 'ready');
  return createSharedRateLimiter({ name: 'calls', perMinute: 1, redis });
}

it('counts for all nodes of an installation together, and for each installation apart', async () => {
  const prefix = `test-${randomUUID()}`;
  const [one, two] = [await limiterOf(prefix), await limiterOf(prefix)];
  expect((await one.take('all')).waitMs).toBe(0);
  expect((await two.take('all')).waitMs).toBeGreaterThan(0);
  const other = await limiterOf(`${prefix}-other`);
  expect((await other.take('all')).waitMs).toBe(0);
});
