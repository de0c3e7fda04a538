import { expect, it } from 'vitest';
import { describeEvents, snapshot } from './events-conformance.ts';
import { createRedisEvents } from './redis-events.ts';

const url = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Resolves when what one publishes reaches the other. */
async function connected(): Promise<{
  a: ReturnType<typeof createRedisEvents>;
  b: ReturnType<typeof createRedisEvents>;
}> {
  const [a, b] = [createRedisEvents({ url, log }), createRedisEvents({ url, log })];
  const probe = snapshot();
  const reader = b.subscribe({ taskId: probe.id });
  const arrived = reader.next();
  let isThere = false;
  void arrived.then(() => (isThere = true));
  await expect.poll(() => (a.publish(probe), isThere)).toBe(true);
  await reader.return?.();
  return { a, b };
}

describeEvents('Redis', async () => {
  const { a, b } = await connected();
  return {
    a,
    b,
    async close() {
      a.close();
      b.close();
    },
  };
});

it('serves this node while Redis is away', async () => {
  const events = createRedisEvents({ url: 'redis://127.0.0.1:1', log });
  const task = snapshot();
  const reader = events.subscribe({ taskId: task.id });
  events.publish(task);
  expect((await reader.next()).value).toEqual(task);
  await expect(events.check()).rejects.toThrow();
  events.close();
});
