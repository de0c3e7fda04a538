import { on, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { buildSchema, execute, parse, subscribe, validate } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { serveSockets } from '../../tests/support/graphql-sockets.ts';

const schema = buildSchema(
  'type Query { long: String, slow: String } type Subscription { count: Int, long: String }',
);
const greeting = JSON.stringify({ type: 'connection_init' });
const megabyte = 'x'.repeat(1_000_000);
/** A frame as a client sends it: 125 bytes, which is the most, under a mask of zeros. */
const longestPing = Buffer.concat([Buffer.of(0x89, 0x80 | 125, 0, 0, 0, 0), Buffer.alloc(125)]);
const connectionOf = new WeakMap<WebSocket, Socket>();

/** Sockets on which a subscription never ends, and clients of them. */
async function startSockets({ stalledMs }: { stalledMs: number }) {
  let [open, count] = [0, 0];
  const slow = Promise.withResolvers<string>();
  async function* endless() {
    open += 1;
    try {
      for (;;) {
        yield { count: (count += 1), long: megabyte };
        await setTimeout(10);
      }
    } finally {
      open -= 1;
    }
  }
  const pipeline = {
    schema,
    parse,
    validate,
    contextFactory: () => ({}),
    execute: (args: object) =>
      execute({ ...args, rootValue: { long: megabyte, slow: slow.promise } } as never),
    subscribe: (args: object) =>
      subscribe({ ...args, rootValue: { count: endless, long: endless } } as never),
  };
  const { sockets, url } = await serveSockets(() => pipeline, stalledMs);
  async function connect() {
    const client = new WebSocket(url, 'graphql-transport-ws');
    client.once('upgrade', ({ socket }: IncomingMessage) => connectionOf.set(client, socket));
    onTestFinished(() => client.terminate());
    await once(client, 'open');
    return client;
  }
  return {
    sockets,
    subscriptions: () => open,
    answerSlow: () => slow.resolve('answer'),
    connect,
    /** A socket that has asked for each of the documents. */
    async ask(...documents: string[]) {
      const client = await connect();
      client.send(greeting);
      await once(client, 'message');
      for (const [id, query] of documents.entries())
        client.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
      return client;
    },
  };
}

it('closes a socket whose peer stops reading, and serves the others', async () => {
  const { sockets, subscriptions, ask } = await startSockets({ stalledMs: 300 });
  const reading = await ask('subscription { count }');
  const quiet = await ask();
  const stalled = await ask('subscription { long }');
  await once(stalled, 'message');
  expect(sockets.size).toBe(3);
  stalled.pause();
  await expect.poll(subscriptions).toBe(1);
  expect(sockets.size).toBe(2);
  const counts: number[] = [];
  for await (const [data] of on(reading, 'message')) {
    counts.push((JSON.parse(String(data)) as { payload: { data: { count: number } } }).payload.data.count);
    if (counts.length === 10) break;
  }
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect([reading.readyState, quiet.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
});

it('takes a greeting that the process was too busy to read for some seconds', async () => {
  const { connect } = await startSockets({ stalledMs: 600_000 });
  const client = await connect();
  client.send(greeting);
  const answer = Promise.race([once(client, 'message'), once(client, 'close')]);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
  expect(String((await answer)[0])).toBe('{"type":"connection_ack"}');
});

describe('a socket for which more waits than it may', () => {
  const asked = (id: number) => ({ id: String(id), type: 'subscribe', payload: { query: '{ long }' } });
  const ping = () => ({ type: 'ping', payload: { text: megabyte.slice(0, 200_000) } });
  const names = Array.from({ length: 20 }, (_, index) => `x${index}`.padEnd(1_000, 'x')).join(' ');
  const wrong = (id: number) => ({ ...asked(id), payload: { query: `{ ${names} }` } });

  it.each([
    ['for results, one after the other', asked, false],
    ['for results in one packet', asked, true],
    ['by pings', ping, false],
    ['for errors', wrong, false],
  ])('is closed: asked %s', async (_, message, isOnePacket) => {
    const { sockets, ask } = await startSockets({ stalledMs: 600_000 });
    const client = await ask();
    const connection = connectionOf.get(client)!;
    client.pause();
    if (isOnePacket) connection.cork();
    // The kernel takes up to 38 MB for a peer that reads nothing (Linux, tcp_rmem), and an error has 3 KB.
    const most = isOnePacket ? 5_000 : 50_000;
    for (let id = 0; id < most && sockets.size > 0; id += 1) {
      client.send(JSON.stringify(message(id)));
      if (!isOnePacket) await setImmediate();
    }
    connection.uncork();
    await expect.poll(() => sockets.size).toBe(0);
  });
});

it('closes a socket that sends more pings of the protocol at once than may be answered', async () => {
  const { sockets, ask } = await startSockets({ stalledMs: 600_000 });
  const client = await ask();
  connectionOf.get(client)!.write(Buffer.concat(Array.from({ length: 1_000 }, () => longestPing)));
  await once(client, 'close');
  expect(sockets.size).toBe(0);
});

it('brings an answer of any size to a client that reads it', async () => {
  const { ask } = await startSockets({ stalledMs: 600_000 });
  const client = await ask(`{ ${Array.from({ length: 8 }, (_, index) => `a${index}: long`).join(' ')} }`);
  const [message] = (await once(client, 'message')) as [Buffer];
  expect(message.length).toBeGreaterThan(8_000_000);
});

it('ends a subscription with its socket, also where an operation that the client had ended used its id', async () => {
  const { subscriptions, answerSlow, ask } = await startSockets({ stalledMs: 600_000 });
  const client = await ask('{ slow }');
  client.send(JSON.stringify({ id: '0', type: 'complete' }));
  client.send(JSON.stringify({ id: '0', type: 'subscribe', payload: { query: 'subscription { count }' } }));
  await expect.poll(subscriptions).toBe(1);
  answerSlow();
  await once(client, 'message');
  await once(client, 'message');
  client.close();
  await expect.poll(subscriptions).toBe(0);
});
