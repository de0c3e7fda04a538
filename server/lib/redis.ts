import { Redis } from 'ioredis';

export interface RedisAddress {
  url: string;
  /** What every key and channel begins with: installations with different ones have nothing in common. */
  prefix: string;
}

/** A connection is asked for a sign of life so often, and given up where none has come for so long. */
const pingEveryMs = 1_000;
const silentMs = 3_000;

/**
 * A connection that opens in the background and reconnects forever, also where it stops responding without being closed.
 * While it is down, commands fail immediately instead of waiting in a queue, where they would become stale.
 */
export function connectRedis({ url, prefix }: RedisAddress): Redis {
  const redis = new Redis(url, {
    keyPrefix: `${prefix}:`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    commandTimeout: 2_000,
    socketTimeout: silentMs,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 1_000),
  });
  // The time limit of the socket begins with a command, and a subscriber sends none.
  redis.on('ready', () => {
    const heartbeat = setInterval(() => void redis.ping().catch(() => {}), pingEveryMs);
    redis.once('close', () => clearInterval(heartbeat));
  });
  return redis;
}
