/**
 * Fan-out over nodes by Redis. An event reaches this node's subscribers at once and those of other nodes through Redis;
 * while Redis is unavailable, they read the database (see `follow.ts`). Subscribers order and deduplicate by version, so a
 * late or repeated event does no harm.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import type { Log } from '../lib/log.ts';
import { connectRedis, type RedisAddress } from '../lib/redis.ts';
import { createLocalEvents, type TaskEvents } from './events.ts';
import type { TaskSnapshot } from './store/snapshot.ts';

export interface RedisEvents extends TaskEvents {
  /** Resolves where this node exchanges changes with others; rejects with the reason otherwise. */
  check(): Promise<void>;
}

const refusedRetryMs = 10_000;

/** The client prefixes keys, but not channels. */
export const channelOf = (redis: Redis) => `${redis.options.keyPrefix}tasks`;

/** Connects in the background, with endless retries; no method waits for Redis or fails because of it. */
export function createRedisEvents({ log, ...address }: RedisAddress & { log: Log }): RedisEvents {
  const local = createLocalEvents();
  const node = randomUUID();
  const [publisher, subscriber] = [connectRedis(address), connectRedis(address)];
  const channel = channelOf(publisher);
  const subscription = holdSubscription({ publisher, subscriber, channel, log });
  subscriber.on('message', (_, text: string) => {
    const message = readMessage(text);
    if (message && message.node !== node) local.publish(message.task);
  });

  return {
    get subscriberCount() {
      return local.subscriberCount;
    },
    subscribe: (topic, options) => local.subscribe(topic, options),
    publish(task) {
      local.publish(task);
      publisher.publish(channel, writeMessage(node, task)).catch(() => {}); // Subscribers elsewhere read the database.
    },
    async check() {
      if (subscription.refusal) throw subscription.refusal;
      if (subscriber.status !== 'ready') throw new Error('The subscription to Redis is not open');
      // No node reads it as a change.
      await publisher.publish(channel, '');
    },
    close() {
      subscription.stop();
      local.close();
      for (const connection of [publisher, subscriber]) connection.disconnect();
    },
  };
}

const oncePatienceMs = 3_000;

/**
 * Publishes a change from a process that serves no subscribers. Resolves once Redis has it, or after 3 seconds without: then
 * subscribers read it from the database.
 */
export async function publishOnce(address: RedisAddress, task: TaskSnapshot): Promise<void> {
  const publisher = connectRedis(address);
  const late = AbortSignal.timeout(oncePatienceMs);
  try {
    publisher.on('error', () => {});
    await once(publisher, 'ready', { signal: late });
    await publisher.publish(channelOf(publisher), writeMessage(randomUUID(), task));
  } catch {
    // Redis is away.
  } finally {
    publisher.disconnect();
  }
}

interface Connections {
  publisher: Redis;
  subscriber: Redis;
  channel: string;
  log: Log;
}

/** Subscribes at each connection, and logs when Redis fails and recovers. */
function holdSubscription({ publisher, subscriber, channel, log }: Connections) {
  let isDown = false;
  let refusal: Error | undefined;
  let retry: NodeJS.Timeout | undefined;
  for (const connection of [publisher, subscriber])
    connection.on('error', (error: unknown) => {
      if (!isDown) log.warn({ error }, 'Redis is away: changes on other nodes are read from the database');
      isDown = true;
    });
  const onSubscribed = () => {
    if (isDown) log.info({}, 'Redis is back');
    isDown = false;
    refusal = undefined;
  };
  const onError = (error: Error) => {
    if (error.name !== 'ReplyError') return subscriber.disconnect(true);
    // Only an operator can grant the missing right to the channel, so an immediate retry is useless.
    if (!refusal)
      log.warn({ error }, 'Redis refuses the channel: changes on other nodes are read from the database');
    refusal = error;
    retry = setTimeout(subscribe, refusedRetryMs).unref();
  };
  const subscribe = () => {
    clearTimeout(retry);
    subscriber.subscribe(channel).then(onSubscribed, onError);
  };
  subscriber.on('ready', subscribe);
  return {
    /** The refusal of the channel, where Redis refuses it. */
    get refusal() {
      return refusal;
    },
    stop: () => clearTimeout(retry),
  };
}

/** Leaves out the fields that no subscriber can select. */
function writeMessage(node: string, task: TaskSnapshot): string {
  return JSON.stringify({ node, task: { ...task, operation: null, providerAnswer: null } });
}

/** Null where the text is no message of this product. */
function readMessage(text: string): { node: string; task: TaskSnapshot } | null {
  try {
    const message = JSON.parse(text) as { node: string; task: TaskSnapshot };
    const { task } = message;
    readInstants(task);
    for (const image of task.images) readInstants(image);
    for (const { image } of task.referenceImages) if (image) readInstants(image);
    return message;
  } catch {
    return null;
  }
}

/** The names of instants end in `At`. Not by a reviver, which would be called for every value of the message. */
function readInstants(row: object): void {
  const values = row as Record<string, unknown>;
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (name.endsWith('At') && typeof value === 'string') values[name] = new Date(value);
  }
}
