/**
 * Fan-out over nodes by Redis. What is published here reaches this node's subscribers at once and the other nodes' by
 * Redis; while that is away, they read the database (see `follow.ts`). Order and once-only are by version, so a copy
 * that comes late or twice does no harm.
 */
import { randomUUID } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import { connectRedis, type RedisAddress } from '../lib/redis.ts';
import { createLocalEvents, type TaskEvents } from './events.ts';
import type { TaskSnapshot } from './task.ts';

export interface RedisEvents extends TaskEvents {
  /** Resolves where changes reach other nodes and come from them; rejects with the reason otherwise. */
  check(): Promise<void>;
}

const refusedRetryMs = 10_000;

/** Connects in the background and for ever; nothing here waits for Redis or fails by it. */
export function createRedisEvents({ log, ...address }: RedisAddress & { log: Log }): RedisEvents {
  const local = createLocalEvents();
  const node = randomUUID();
  const [publisher, subscriber] = [connectRedis(address), connectRedis(address)];
  // Channels are no keys: the prefix is not put before them by itself.
  const channel = `${publisher.options.keyPrefix}tasks`;

  let isDown = false;
  let refusal: Error | undefined;
  let retry: NodeJS.Timeout | undefined;
  const connections = [publisher, subscriber];
  for (const connection of connections)
    connection.on('error', (error: unknown) => {
      if (!isDown) log.warn({ error }, 'Redis is away: changes on other nodes are read from the database');
      isDown = true;
    });
  const subscribe = () => {
    clearTimeout(retry);
    subscriber.subscribe(channel).then(
      () => {
        if (isDown) log.info({}, 'Redis is back');
        isDown = false;
        refusal = undefined;
      },
      (error: Error) => {
        // A user without the right to the channel gets it, if ever, from an operator: asking again at once changes nothing.
        const isRefused = error.name === 'ReplyError';
        if (!isRefused) return subscriber.disconnect(true);
        if (!refusal)
          log.warn({ error }, 'Redis refuses the channel: changes on other nodes are read from the database');
        refusal = error;
        retry = setTimeout(subscribe, refusedRetryMs).unref();
      },
    );
  };
  subscriber.on('ready', subscribe);
  subscriber.on('message', (_, text: string) => {
    const message = readMessage(text);
    if (message && message.node !== node) local.publish(message.task);
  });

  return {
    get subscriberCount() {
      return local.subscriberCount;
    },
    subscribe: (topic) => local.subscribe(topic),
    publish(task) {
      local.publish(task);
      publisher.publish(channel, writeMessage(node, task)).catch(() => {}); // Subscribers elsewhere read the database.
    },
    async check() {
      if (refusal) throw refusal;
      if (subscriber.status !== 'ready') throw new Error('The subscription to Redis is not open');
      // No node reads it as a change.
      await publisher.publish(channel, '');
    },
    close() {
      clearTimeout(retry);
      local.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Without what no subscriber can ask for. */
function writeMessage(node: string, task: TaskSnapshot): string {
  return JSON.stringify({ node, task: { ...task, operation: null, providerAnswer: null } });
}

/** Instants end in `At`, everywhere; null where the text is none of ours. */
function readMessage(text: string): { node: string; task: TaskSnapshot } | null {
  try {
    return JSON.parse(text, (key, value: unknown) =>
      key.endsWith('At') && typeof value === 'string' ? new Date(value) : value,
    ) as { node: string; task: TaskSnapshot };
  } catch {
    return null;
  }
}
