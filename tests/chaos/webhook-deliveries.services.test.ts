/** Webhooks to a receiver that fails at random, from nodes that are killed at random instants. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createCaller } from '../support/api.ts';
import { createEndpoint } from '../support/webhooks.ts';
import { createApiClient } from './support/api-client.ts';
import { createRandom, pause, type Random, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';

/** How many tasks there are, each with two events at least. */
const taskCount = Number(process.env['CHAOS_WEBHOOK_TASKS'] ?? scaled(100, 1_000));

interface Row {
  id: string;
  taskId: string;
  event: string;
  status: string;
  version: number;
}

// Turns red where an event stands in another transaction than its change, and where a dead node's lease stays.
it(
  'sends each event at least once, under one id and in order',
  { timeout: testTimeoutMs },
  async ({ onTestFinished }) => {
    const random = createRandom('webhooks');
    const receiver = await startReceiver(random);
    onTestFinished(() => receiver.close());
    const cluster = await startCluster({ nodes: 2, env: { WEBHOOK_ORIGINS: receiver.url } });
    onTestFinished(() => cluster.remove());
    const client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
    const caller = createCaller(cluster.nodes[0]!.url, client.token);
    const endpoint = await createEndpoint(caller, receiver.url, ['TASK_UPDATED', 'TASK_COMPLETED']);
    receiver.secret = endpoint.secret;

    let left = taskCount;
    const generateAll = async () => {
      while (left > 0) {
        const name = `kite ${left--}`;
        await client.generate({ prompt: name, idempotencyKey: name });
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, generateAll));
    let kills = 0;
    for (; left > 0 || kills < 4; kills += 1) {
      await pause(random.between(300, 1_500));
      const victim = random.pick(cluster.nodes);
      await victim.end('SIGKILL');
      await victim.start();
    }
    await load;
    await cluster.settled(60_000);
    const rows = () =>
      cluster.query<Row>(`SELECT "id", "taskId", "event"::text, "status"::text, ("snapshot"->>'version')::int AS "version"
      FROM "OutgoingWebhook" ORDER BY "number"`);
    const isPending = ({ status }: Row) => status === 'PENDING';
    await until('every webhook is sent', async () => !(await rows()).some(isPending), {
      withinMs: 90_000 + 50 * taskCount,
      everyMs: 250,
    });

    const sent = await rows();
    const faults = findFaults(sent, receiver);
    const figures = `${kills}, ${sent.length}, ${receiver.all.length}`;
    report('webhooks: kills, events, requests', figures, '2,000 events by hand');
    for (const [fault, found] of Object.entries(faults)) report(`webhooks: ${fault}`, found.length, 0);
    expect({ ...faults, forged: receiver.forged }).toEqual({
      missed: [],
      altered: [],
      reversed: [],
      forged: 0,
    });
    const completed = sent.filter(({ event }) => event === 'TASK_COMPLETED').map(({ taskId }) => taskId);
    expect([completed.length, new Set(completed).size]).toEqual([taskCount, taskCount]);
  },
);

/** Events that were not taken, ids with another content than their event, tasks whose events came in another order. */
function findFaults(sent: Row[], receiver: Pick<Receiver, 'all' | 'taken'>) {
  const content = new Map(sent.map(({ id, event, version }) => [id, `${event} ${version}`]));
  const sequences = (events: { id: string; taskId: string }[]) => {
    const byTask = Map.groupBy(events, ({ taskId }) => taskId);
    return new Map([...byTask].map(([taskId, each]) => [taskId, each.map(({ id }) => id).join()]));
  };
  const arrived = sequences([...receiver.taken.values()]);
  return {
    missed: sent.filter(({ id }) => !receiver.taken.has(id)),
    altered: receiver.all.filter((each) => content.get(each.id) !== each.content),
    reversed: [...sequences(sent)].filter(([taskId, ids]) => arrived.get(taskId) !== ids),
  };
}

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A request at the receiver. */
interface Arrival {
  /** Of the delivery. */
  id: string;
  taskId: string;
  /** Event and version. */
  content: string;
}

/** Fails the first attempt of some deliveries: with 503, or without an answer. */
async function startReceiver(random: Random) {
  const failed = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString();
    const headers = request.headers as Record<string, string>;
    const arrival = arrivalOf(headers['webhook-id'] ?? '', body);
    const { id } = arrival;
    receiver.all.push(arrival);
    try {
      // It also refuses a timestamp that is old, so not at the end.
      new Webhook(receiver.secret).verify(body, headers);
    } catch {
      receiver.forged += 1;
    }
    if (!failed.has(id) && random.next() < 0.3) {
      failed.add(id);
      if (random.next() < 0.5) response.writeHead(503).end();
      else response.destroy();
      return;
    }
    if (!receiver.taken.has(id)) receiver.taken.set(id, arrival);
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret: '',
    all: [] as Arrival[],
    /** By id of the delivery: the first request that was answered with 2xx, in their order. */
    taken: new Map<string, Arrival>(),
    forged: 0,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

function arrivalOf(webhookId: string, body: string): Arrival {
  const { type, data } = JSON.parse(body) as {
    type: string;
    data: { task: { id: string; version: number } };
  };
  return {
    id: localId(webhookId, 'WebhookDelivery') ?? '',
    taskId: localId(data.task.id, 'Task') ?? '',
    content: `${type.replace('.', '_').toUpperCase()} ${data.task.version}`,
  };
}
