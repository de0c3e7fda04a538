/** Subscribers whose sockets are cut at random while the server is restarted, and subscribers that stop reading. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { localId } from '../../server/graphql/global-id.ts';
import { createRandom, pause, percentile, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';
import { inspected } from './support/node.ts';
import { createApiClient } from './support/api-client.ts';

interface State {
  version: number;
  status: string;
}

const rank: Readonly<Record<string, number>> = {
  PENDING: 0,
  PROCESSING: 1,
  SUCCESS: 2,
  FAILED: 2,
  CANCELED: 2,
};

/** One subscription on a socket of its own. `onEnd` receives whether the server completed it. */
function subscribe(
  url: string,
  token: string,
  id: string | null,
  on: { state?: (state: State) => void; end?: (isComplete: boolean) => void },
): WebSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const send = (message: object) => socket.send(JSON.stringify(message));
  let isComplete = false;
  socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      type: string;
      payload?: { data?: { taskUpdated: State } };
    };
    const query = 'subscription ($id: ID) { taskUpdated(id: $id) { id version status prompt } }';
    if (message.type === 'connection_ack')
      send({ id: '1', type: 'subscribe', payload: { query, variables: { id } } });
    if (message.type === 'next' && message.payload?.data) on.state?.(message.payload.data.taskUpdated);
    if (message.type === 'complete') isComplete = true;
    if (message.type === 'complete' || message.type === 'error') socket.close(1000);
  });
  socket.on('error', () => {}); // `close` follows.
  socket.on('close', () => on.end?.(isComplete));
  return socket;
}

// Turns red where a subscription does not begin with the state as it is and no later look at the database mends that: each
// subscriber comes once more after the end.
it('tells every subscriber the end, however often the way is cut', { timeout: testTimeoutMs }, async () => {
  const random = createRandom('cut subscribers');
  const [subscribers, tasks, cuts] = [scaled(100, 1_000), scaled(10, 100), 10];
  const cluster = await startCluster({ nodes: 1, env: { POLL_INTERVAL_MS: '1000' } });
  onTestFinished(() => cluster.remove());
  const [node] = cluster.nodes;
  const watched = await Promise.all(
    Array.from({ length: tasks }, async (_, index) => {
      const client = await createApiClient(() => [node!.url], random.pick);
      const prompt = `cut ${index} sandbox:slow=${scaled(1_000, 1_200)}`;
      return { token: client.token, id: await client.generate({ prompt, idempotencyKey: `cut ${index}` }) };
    }),
  );

  let reversed = 0;
  let cutSockets = 0;
  const reconnectsMs: number[] = [];
  let left = 0;
  const there = new Set<number>();
  const allThere = Promise.withResolvers<void>();
  const endings = Array.from({ length: subscribers }, async (_, index) => {
    left += 1;
    const { token, id } = watched[index % tasks]!;
    let last: State = { version: 0, status: 'PENDING' };
    let cutsLeft = cuts;
    let completions = 0;
    let failures = 0;
    for (let connections = 1; completions < 2; connections += 1) {
      const ended = Promise.withResolvers<boolean>();
      const connectedAtMs = Date.now();
      let states = 0;
      let isOpen = false;
      let timer: NodeJS.Timeout | undefined;
      const socket = subscribe(node!.url, token, id, {
        state(state) {
          states += 1;
          if (connections > 1 && states === 1) reconnectsMs.push(Date.now() - connectedAtMs);
          if (there.add(index).size === subscribers) allThere.resolve();
          if (state.version < last.version || rank[state.status]! < rank[last.status]!) reversed += 1;
          last = state;
        },
        end: ended.resolve,
      });
      const cut = () => {
        if (socket.readyState > WebSocket.OPEN) return;
        cutsLeft -= 1;
        cutSockets += 1;
        socket.terminate();
      };
      const cutWithin = (ms: number) => {
        if (cutsLeft > 0) timer = setTimeout(cut, random.between(0, ms));
      };
      // One in ten while it connects.
      const isCutEarly = connections > 1 && random.next() < 0.1;
      if (isCutEarly) cutWithin(50);
      socket.on('open', () => {
        isOpen = true;
        if (!isCutEarly) void allThere.promise.then(() => cutWithin(2_400));
      });
      if (await ended.promise) completions += 1;
      clearTimeout(timer);
      // As clients do, with growing pauses while no node answers.
      failures = isOpen ? 0 : failures + 1;
      await pause(random.between(20, 200) * 2 ** Math.min(failures, 5));
    }
    left -= 1;
    return last.status;
  });
  await until('every subscriber is there', () => there.size === subscribers, { withinMs: 60_000 });
  await pause(4_000);
  await node!.end('SIGKILL');
  await node!.start();
  await until('every subscriber has the final state', () => left === 0, { withinMs: 90_000 });
  const missed = (await Promise.all(endings)).filter((status) => rank[status] !== 2).length;
  report(`cut subscribers: ${subscribers}, sockets cut`, cutSockets, 'ten each');
  report('cut subscribers: final states missed, backward steps', `${missed}, ${reversed}`, '0, 0');
  const slow = percentile(reconnectsMs, 0.99);
  report('cut subscribers: from a connection to the newest state in ms, p99', slow, '2,000');
  expect({ missed, reversed }).toEqual({ missed: 0, reversed: 0 });
  expect(cutSockets).toBeGreaterThan(subscribers);
});

// Turns red where a subscriber keeps every event instead of the newest of each task, and where a socket that takes
// nothing is neither closed for that nor for the pings it does not answer.
it('is not harmed by subscribers that stop reading', { timeout: testTimeoutMs }, async () => {
  const random = createRandom('stalled subscribers');
  const [stalledCount, events] = [100, scaled(2_500, 100_000)];
  const cluster = await startCluster({ nodes: 1, speed: 0.1, env: inspected });
  onTestFinished(() => cluster.remove());
  const [node] = cluster.nodes;
  const client = await createApiClient(() => [node!.url], random.pick);
  const id = await client.generate({ prompt: 'stalled sandbox:queued=100000', idempotencyKey: 'stalled' });
  const [row] = await cluster.query<{ row: Record<string, unknown> }>(
    'SELECT to_jsonb("Task") AS "row" FROM "Task" WHERE "id" = $1',
    [localId(id, 'Task')],
  );
  const task = {
    ...row!.row,
    // The longest there is in bytes, so that what the network takes for a reader that stopped is soon full.
    prompt: '😀'.repeat(2_000),
    status: 'PROCESSING',
    images: [],
    referenceImages: [],
  };
  const publisher = new Redis(process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379');
  onTestFinished(() => publisher.disconnect());

  const newest = new Map<number, number>();
  let reversed = 0;
  const open = (count: number, on: (index: number) => { state?: (state: State) => void }) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const isReady = Promise.withResolvers<WebSocket>();
        const { state } = on(index);
        const socket = subscribe(node!.url, client.token, null, {
          state(given) {
            isReady.resolve(socket);
            state?.(given);
          },
        });
        onTestFinished(() => socket.terminate());
        return isReady.promise;
      }),
    );
  let version = 1_000;
  const publish = async (count: number) => {
    const start = version;
    const batch = 100;
    while (version < start + count) {
      const messages = Array.from({ length: batch }, () => {
        version += 1;
        return JSON.stringify({ node: randomUUID(), task: { ...task, version } });
      });
      await Promise.all(
        messages.map((message) => publisher.publish(`${cluster.redisPrefix}:tasks`, message)),
      );
    }
    await until(
      'reading subscribers have the newest',
      () => [...newest.values()].every((seen) => seen === version),
      { withinMs: 90_000 },
    );
  };

  await open(5, (index) => {
    newest.set(index, 0);
    return {
      state(state) {
        if (state.version < newest.get(index)!) reversed += 1;
        newest.set(index, state.version);
      },
    };
  });
  const stalled = await open(stalledCount, () => ({}));
  await publish(100);
  const before = await node!.heldMebibytes();
  for (const socket of stalled) socket.pause();
  let most = before;
  let isPublished = false;
  // All the while, as what a socket holds is gone when it is closed.
  const looking = (async () => {
    for (; !isPublished; await pause(250)) most = Math.max(most, await node!.heldMebibytes());
  })();
  // Redis lets go of a node that is too far behind: none of it may wait for longer than a part takes.
  const part = 2_500;
  try {
    for (let published = 0; published < events; published += part) await publish(part);
  } finally {
    isPublished = true;
    await looking;
  }
  const sockets = async () => {
    const metrics = await (await fetch(`${node!.url}/metrics`)).text();
    return Number(/proofsheet_sockets (\d+)/.exec(metrics)?.[1]);
  };
  await until('the stalled are closed', async () => (await sockets()) === newest.size, { withinMs: 60_000 });
  await publish(100);
  const grown = Math.round(most - before);
  report(`stalled: ${stalledCount} sockets, ${events} events, memory held more by MiB`, grown, 64);
  report('stalled: backward steps of reading subscribers, crashes', `${reversed}, ${node!.crashes}`, '0, 0');
  expect({ reversed, crashes: node!.crashes }).toEqual({ reversed: 0, crashes: 0 });
  expect(grown).toBeLessThanOrEqual(64);
});
