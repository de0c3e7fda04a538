import { Redis } from 'ioredis';

/**
 * A connection that is made in the background and made again for ever. A command fails at once while it is away:
 * nothing is kept for later, when it would be stale.
 */
export function connectRedis(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    commandTimeout: 2_000,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000),
  });
}
