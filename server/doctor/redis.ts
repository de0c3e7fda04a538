/** Redis: that it is there, and that this user has the rights of a node. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { RedisAddress } from '../lib/redis.ts';
import { channelOf } from '../tasks/redis-events.ts';
import { type Check, failed, type Finding, ok, skipped } from './examination.ts';

const connectTimeoutMs = 3_000;
const commandTimeoutMs = 3_000;

export function redisChecks({ redis: address }: Config): Check[] {
  const using =
    (work: (redis: Redis, address: RedisAddress) => Promise<Finding>) => async (): Promise<Finding> =>
      address
        ? withRedis(address, work)
        : skipped(
            'REDIS_URL is not set: nodes read changes of each other from the database within 5 seconds.',
          );
  return [
    {
      name: 'redis',
      run: using(async (redis, { prefix }) => {
        // As the counters of a provider's limits.
        await redis.eval("redis.call('SET', KEYS[1], 1, 'PX', 1000)", 1, 'doctor').catch((error: Error) => {
          const rights = `~${prefix}:* +@read +@write +@scripting +@connection`;
          throw new Error(
            `Redis does not let this user count (${error.message}). Give it the rights: ACL SETUSER <user> ${rights}`,
          );
        });
        return ok('Redis answers, and counts.');
      }),
    },
    { name: 'redis channels', run: using(checkChannel) },
  ];
}

/** Connects once: the connection of a node would be opened again and again. */
async function withRedis(
  address: RedisAddress,
  work: (redis: Redis, address: RedisAddress) => Promise<Finding>,
): Promise<Finding> {
  const redis = open(address);
  try {
    await connect(redis);
    return await work(redis, address);
  } finally {
    redis.disconnect();
  }
}

const open = ({ url, prefix }: RedisAddress) =>
  new Redis(url, {
    keyPrefix: `${prefix}:`,
    lazyConnect: true,
    retryStrategy: () => null,
    // It needs a right that a node does not.
    enableReadyCheck: false,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
  });

/** @throws {Error} what to do */
async function connect(redis: Redis): Promise<void> {
  let cause: (Error & { code?: string }) | undefined;
  redis.on('error', (error: Error) => (cause ??= error));
  await redis.connect().catch((error: Error) => (cause ??= error));
  // A refused password does not end the connection.
  await redis.ping().catch((error: Error) => (cause ??= error));
  if (!cause) return;
  const { host, port } = redis.options;
  throw new Error(
    /WRONGPASS|NOAUTH|AUTH|NOPERM/.test(cause.message)
      ? `Redis at ${host}:${port} does not let this user in. Check user and password in REDIS_URL (${cause.message}).`
      : `Redis at ${host}:${port} cannot be reached. Check that it runs and that REDIS_URL names it (${cause.code ?? cause.message}).`,
  );
}

/** Publishes a text that no node reads as a change, and waits for it. */
async function checkChannel(redis: Redis, address: RedisAddress): Promise<Finding> {
  const channel = channelOf(redis);
  const subscriber = open(address);
  try {
    await connect(subscriber);
    const text = `doctor ${randomUUID()}`;
    const { promise: received, resolve } = Promise.withResolvers<void>();
    subscriber.on('message', (_, message: string) => message === text && resolve());
    await subscriber.subscribe(channel);
    await redis.publish(channel, text);
    await received;
    return ok('What one connection publishes reaches the other.');
  } catch (error) {
    return failed(
      `Redis refuses the channel ${channel} (${(error as Error).message}). Give the user the rights: ` +
        `ACL SETUSER <user> &${address.prefix}:* +subscribe +publish`,
    );
  } finally {
    subscriber.disconnect();
  }
}
