/** Webhooks that Replicate never sent, or sent before, or about something else. */
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createRandom, pause, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { createApiClient, type ApiClient } from './support/api-client.ts';

const random = createRandom('webhooks');
let cluster: Cluster;
let client: ApiClient;
/** Fetches of the picture that made-up predictions show: what a node does only where it believed one. */
let believed = 0;
const pictures = createServer((_, response) => {
  believed += 1;
  void sharp({ create: { width: 64, height: 64, channels: 3, background: 'tomato' } })
    .png()
    .toBuffer()
    .then((bytes) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(bytes));
});
let pictureUrl: string;

beforeAll(async () => {
  pictures.listen(0, '127.0.0.1');
  await once(pictures, 'listening');
  const pictureOrigin = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`;
  pictureUrl = `${pictureOrigin}/picture.png`;
  const env = { TASK_TIMEOUT_MS: '600000', OUTPUT_ORIGINS: pictureOrigin };
  cluster = await startCluster({ nodes: 2, hasWebhooks: true, speed: 1, env });
  // Only what the tests send arrives.
  cluster.provider.receivers = () => [];
  client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
}, 90_000);

afterAll(async () => {
  pictures.close();
  await cluster?.remove();
});

interface Delivery {
  id: string;
  secondsAgo?: number;
  secret?: string;
  body: string;
  /** What the signature is made over instead. */
  signedBody?: string;
  version?: string;
  task: string;
  attempt?: number;
  without?: string;
}

async function deliver(delivery: Delivery, node = random.pick(cluster.nodes)): Promise<number> {
  const { id, secondsAgo = 0, secret = cluster.provider.webhookEnv.REPLICATE_WEBHOOK_SECRET } = delivery;
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${id}.${timestamp}.${delivery.signedBody ?? delivery.body}`)
    .digest('base64');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `${delivery.version ?? 'v1'},${signature}`,
  };
  if (delivery.without) delete headers[delivery.without];
  const query = new URLSearchParams({ task: delivery.task, attempt: String(delivery.attempt ?? 1) });
  const url = `${node.url}/webhooks/replicate?${query}`;
  return (await fetch(url, { method: 'POST', headers, body: delivery.body })).status;
}

const row = async (id: string) =>
  (
    await cluster.query<{ status: string; externalId: string | null; images: number; version: number }>(
      `SELECT "status"::text, "externalId", "version",
         (SELECT count(*)::int FROM "Image" WHERE "taskId" = "Task"."id") AS "images" FROM "Task" WHERE "id" = $1`,
      [id],
    )
  )[0]!;

/** A task that its provider works on for longer than the test takes. */
async function runningTask(): Promise<{ id: string; externalId: string }> {
  const name = randomUUID();
  const id = localId(
    await client.generate({ prompt: `${name} sandbox:slow=500`, idempotencyKey: name }),
    'Task',
  )!;
  const { externalId } = await until('the task is submitted', async () => {
    const found = await row(id);
    return found.externalId ? found : null;
  });
  return { id, externalId: externalId! };
}

function prediction(id: string, task: string, status: string): string {
  return JSON.stringify({
    id,
    model: 'black-forest-labs/flux-schnell',
    version: 'hidden',
    input: { prompt: 'A kite' },
    status,
    output: status === 'succeeded' ? [pictureUrl] : null,
    error: status === 'failed' ? 'It broke (E1000)' : null,
    logs: '',
    created_at: new Date().toISOString(),
    started_at: new Date().toISOString(),
    completed_at: status === 'succeeded' || status === 'failed' ? new Date().toISOString() : null,
    webhook: `https://proofsheet.example/webhooks/replicate?task=${task}&attempt=1`,
    urls: {},
  });
}

// Turns red where the signature, its time window or the body it covers is not checked.
it('accepts no forged and no late webhook', { timeout: testTimeoutMs }, async () => {
  const { id, externalId } = await runningTask();
  const body = prediction(externalId, id, 'succeeded');
  const other = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
  const forgeries: Partial<Delivery>[] = [
    { secret: other },
    { secret: 'whsec_' },
    { signedBody: prediction(externalId, id, 'processing') },
    { signedBody: '' },
    { version: 'v2' },
    { version: '' },
    { without: 'webhook-signature' },
    { without: 'webhook-timestamp' },
    { without: 'webhook-id' },
    { secondsAgo: 301 + random.between(0, 10_000) },
    { secondsAgo: -310 - random.between(0, 10_000) },
  ];
  const answers = new Map<number, number>();
  const rounds = scaled(5, 100);
  believed = 0;
  const before = await row(id);
  for (let round = 0; round < rounds; round += 1)
    for (const forgery of forgeries) {
      const status = await deliver({ id: `msg_${randomUUID()}`, body, task: id, ...forgery });
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  const accepted = rounds * forgeries.length - (answers.get(401) ?? 0);
  report(`webhooks: accepted of ${rounds * forgeries.length} forged or late`, accepted, 0);
  expect({ accepted, believed, task: await row(id) }).toMatchObject({
    accepted: 0,
    believed: 0,
    task: { status: before.status, externalId, images: 0 },
  });
});

// Turns red where delivery ids are not remembered, and where a final task takes another state.
it(
  'acts once on a webhook, however often and in whatever order it comes',
  { timeout: testTimeoutMs },
  async () => {
    const repeated = scaled(20, 200);
    let wrong = 0;
    for (let round = 0; round < scaled(3, 50); round += 1) {
      const { id, externalId } = await runningTask();
      believed = 0;
      const [started, failed] = ['processing', 'failed'].map((status) => prediction(externalId, id, status));
      const done = { id: `msg_${randomUUID()}`, body: prediction(externalId, id, 'succeeded'), task: id };
      const heardAt = async () => {
        const [found] = await cluster.query<{ ms: number }>(
          'SELECT extract(epoch FROM "heardAt")::float8 * 1000 AS "ms" FROM "Task" WHERE "id" = $1',
          [id],
        );
        return found!.ms;
      };
      const submittedAt = await heardAt();
      const start = { id: `msg_${randomUUID()}`, body: started!, task: id };
      await deliver(start);
      const startedAt = await until('the start is heard', async () => {
        const ms = await heardAt();
        return ms > submittedAt ? ms : null;
      });
      for (let again = 0; again < repeated; again += 1) await deliver(start);
      await pause(500);
      if ((await heardAt()) !== startedAt) wrong += 1;
      await Promise.all(Array.from({ length: repeated }, () => deliver(done)));
      await until('the task ends', async () => (await row(id)).status === 'SUCCESS');
      const before = await row(id);
      for (const body of random.shuffled([started!, failed!, done.body]))
        await deliver({ id: `msg_${randomUUID()}`, body, task: id });
      await deliver(done);
      await pause(500);
      const after = await row(id);
      if (believed !== 1 || after.version !== before.version || after.images !== 1) wrong += 1;
    }
    report(`webhooks: tasks changed by replayed (${repeated} times) and reordered ones`, wrong, 0);
    expect(wrong).toBe(0);
    expect(await cluster.audit()).toEqual([]);
  },
);

// Turns red where neither the work's id nor the attempt is compared with the task's.
it('gives no task the work of another', { timeout: testTimeoutMs }, async () => {
  const [one, two] = [await runningTask(), await runningTask()];
  believed = 0;
  const send = (delivery: Partial<Delivery>, of = one) =>
    deliver({
      id: `msg_${randomUUID()}`,
      body: prediction(of.externalId, of.id, 'succeeded'),
      task: two.id,
      ...delivery,
    });
  await send({});
  await send({ attempt: 2 });
  await send({ attempt: 2 }, two);
  await send({ attempt: 0 }, two);
  await send({ task: randomUUID() });
  await send({ task: '' });
  await pause(1_000);
  const states = [await row(one.id), await row(two.id)];
  const unfinished = expect.stringMatching(/^PENDING$|^PROCESSING$/);
  report('webhooks: accepted for another task or attempt', believed, 0);
  expect(believed).toBe(0);
  expect(states).toMatchObject([
    { status: unfinished, externalId: one.externalId, images: 0 },
    { status: unfinished, externalId: two.externalId, images: 0 },
  ]);
});
