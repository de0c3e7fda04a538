import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { describeEvents, snapshot } from '../../tests/support/conformance/task-events.ts';
import { createRedisEvents, type RedisEvents } from './redis-events.ts';

const url = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const prefix = `test-${randomUUID()}`;
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Resolves when what one publishes reaches the other. */
async function connected(urls: [string, string] = [url, url]): Promise<{
  a: RedisEvents;
  b: RedisEvents;
}> {
  const [a, b] = urls.map((url) => createRedisEvents({ url, prefix, log })) as [RedisEvents, RedisEvents];
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

// Turns red where every text under a name that ends in `At` is read as an instant.
it("brings a provider's own options as they were sent", async () => {
  const { a, b } = await connected();
  onTestFinished(() => [a, b].forEach((events) => events.close()));
  const task = snapshot({ providerOptions: { stopAt: '0.5' } });
  const reader = b.subscribe({ taskId: task.id });
  a.publish(task);
  expect((await reader.next()).value).toEqual(task);
});

it('serves this node while Redis is away', async () => {
  const events = createRedisEvents({ url: 'redis://127.0.0.1:1', prefix, log });
  const task = snapshot();
  const reader = events.subscribe({ taskId: task.id });
  events.publish(task);
  expect((await reader.next()).value).toEqual(task);
  await expect(events.check()).rejects.toThrow();
  events.close();
});

it('gets no event of another installation on the same Redis', async () => {
  const { a, b } = await connected();
  const other = createRedisEvents({ url, prefix: `${prefix}-other`, log });
  onTestFinished(() => [a, b, other].forEach((events) => events.close()));
  await expect
    .poll(() =>
      other.check().then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const [theirs, ours] = [snapshot(), snapshot()];
  const [heard, own] = [b.subscribe({ taskId: theirs.id }), b.subscribe({ taskId: ours.id })];
  let isHeard = false;
  void heard.next().then(({ done }) => (isHeard = !done));
  other.publish(theirs);
  await other.check(); // It is published: what comes on the same channel now comes after it.
  a.publish(ours);
  expect((await own.next()).value).toEqual(ours);
  expect(isHeard).toBe(false);
});

// Turns red where the subscriber connects again at once: it did so 89 times in 20 s.
it('says that the user may not use the channel, and asks again only later', async () => {
  const admin = new Redis(url);
  const name = `proofsheet-test-${randomUUID()}`;
  await admin.call('ACL', 'SETUSER', name, 'on', '>secret', '~*', '+@all', 'resetchannels');
  const lines: string[] = [];
  const limited = Object.assign(new URL(url), { username: name, password: 'secret' });
  const warn = (_: object, message: string) => void lines.push(message);
  const events = createRedisEvents({ url: limited.href, prefix, log: { ...log, warn } });
  try {
    await expect.poll(() => lines).toEqual([expect.stringContaining('refuses the channel')]);
    await expect(events.check()).rejects.toThrow('NOPERM');
    const clients = String(await admin.call('CLIENT', 'LIST')).split('\n');
    expect(clients.filter((line) => line.includes(`user=${name} `))).toHaveLength(2);
    expect(lines).toHaveLength(1);
    const task = snapshot();
    const reader = events.subscribe({ taskId: task.id });
    events.publish(task);
    expect((await reader.next()).value).toEqual(task);
  } finally {
    events.close();
    await admin.call('ACL', 'DELUSER', name);
    admin.disconnect();
  }
});

/** Redis at another port, whose connections can be forgotten on the way: they stay open, and nothing comes through. */
async function startForgetfulWay() {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const way = createServer((client) => {
    const upstream = connect(Number(port || 6379), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => undefined));
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    way.close();
  });
  return {
    url: `redis://127.0.0.1:${(way.address() as AddressInfo).port}`,
    reset() {
      for (const socket of sockets) socket.unpipe().resume();
    },
  };
}

it.each([0, 1])('gives up connections that fell silent and makes new ones: end %i', async (silent) => {
  const way = await startForgetfulWay();
  const { a, b } = await connected(silent === 0 ? [way.url, url] : [url, way.url]);
  onTestFinished(() => {
    a.close();
    b.close();
  });
  way.reset();
  const task = snapshot();
  const reader = b.subscribe({ taskId: task.id });
  const received = reader.next();
  let isReceived = false;
  void received.then(() => (isReceived = true));
  await expect.poll(() => (a.publish(task), isReceived)).toBe(true);
  await Promise.all([a.check(), b.check()]);
});
