/** Webhooks to the users' endpoints, through the whole product, to receivers that behave and that do not. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { schema } from '../server/schema.ts';
import { leafFields } from '../server/graphql/fixed-query.ts';
import { createTaskQuery } from '../server/webhooks/payload.ts';
import { type Caller, follow, generate, signUp } from './support/api.ts';
import { openScriptedServer, type ScriptedRequest, type ScriptedServer } from './support/scripted-server.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { createEndpoint, testEndpoint } from './support/webhooks.ts';

interface Payload {
  type: string;
  timestamp: string;
  test?: boolean;
  data: { task: Record<string, unknown> & { id: string; version: number; status: string; images: object[] } };
}

interface Delivery {
  id: string;
  event: string;
  status: string;
  attempts: number;
  responseStatus: number | null;
  nextAttemptAt: string | null;
  deliveredAt: string | null;
  task: { id: string } | null;
}

const taskQuery = createTaskQuery((typeName) => leafFields(schema, typeName));
let app: TestApp;
let receiver: ScriptedServer;
let isRefusing = false;

beforeAll(async () => {
  receiver = await openScriptedServer();
  app = await startTestApp({ WEBHOOK_ORIGINS: receiver.url, OPERATIONS_PER_MINUTE: '100000' });
  receiver.answer(({ path }) => {
    if (path === '/hang') return { hang: true };
    if (path === '/flood') return { flood: true };
    if (path === '/drop') return { drop: true };
    if (path === '/moved') return { status: 307, headers: { location: '/elsewhere' }, body: '' };
    if (path === '/gone') return { status: 410, body: '' };
    return { status: path === '/broken' || isRefusing ? 500 : 204, body: '' };
  });
});
afterAll(async () => {
  await app?.remove();
  await receiver?.close();
});

const at = (path: string) => receiver.requests.filter((request) => request.path === path);
const payloadOf = (request: ScriptedRequest) => request.json as Payload;

/** Requests at the path, once one of them completes the task. */
async function completed(path: string, taskId: string): Promise<ScriptedRequest[]> {
  const isLast = (request: ScriptedRequest) => {
    const { type, data } = payloadOf(request);
    return type === 'task.completed' && data.task.id === taskId;
  };
  return vi.waitUntil(() => at(path).some(isLast) && at(path), { timeout: 15_000 });
}

const verify = (secret: string, { body, headers }: ScriptedRequest) =>
  new Webhook(secret).verify(body.toString(), headers as Record<string, string>);

async function deliveriesOf(caller: Caller, id: string): Promise<Delivery[]> {
  const { node } = await caller.ask<{ node: { deliveries: { nodes: Delivery[] } } }>(
    `query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { deliveries { nodes {
      id event status attempts responseStatus nextAttemptAt deliveredAt task { id } } } } } }`,
    { id },
  );
  return node.deliveries.nodes;
}

/** The deliveries of the endpoint, once each of them was attempted. */
const attempted = (caller: Caller, id: string) =>
  vi.waitUntil(
    async () => {
      const deliveries = await deliveriesOf(caller, id);
      const isDone = ({ status, responseStatus }: Delivery) =>
        status !== 'PENDING' || responseStatus !== null;
      return deliveries.length > 0 && deliveries.every(isDone) && deliveries;
    },
    { timeout: 15_000 },
  );

it('sends the states of a task in order, signed, as a query shows them', async () => {
  const caller = await signUp(app.url);
  const parent = (await generate(caller)).id;
  await follow(caller, parent);
  const { id, secret } = await createEndpoint(caller, `${receiver.url}/ok`, [
    'TASK_COMPLETED',
    'TASK_UPDATED',
  ]);
  const task = await generate(caller, { prompt: 'A kite sandbox:slow=100', options: { count: 2 }, parent });
  await follow(caller, task.id);
  const requests = await completed('/ok', task.id);

  const payloads = requests.map((request) => verify(secret, request) as Payload);
  const versions = payloads.map(({ data }) => data.task.version);
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  expect(versions.at(-1)).toBe(versions.at(-2));
  expect(payloads.map(({ type }) => type)).toEqual([
    ...Array.from({ length: payloads.length - 1 }, () => 'task.updated'),
    'task.completed',
  ]);
  expect(payloads[0]?.data.task).toMatchObject({
    status: expect.not.stringMatching('SUCCESS'),
    images: [],
    parent: { id: parent },
  });

  const { task: shown } = await caller.ask<Payload['data']>(taskQuery, { id: task.id });
  // Addresses are signed again for each answer.
  const comparable = (value: object) =>
    JSON.parse(JSON.stringify(value).replaceAll(/\?[^"]*/g, '')) as object;
  expect(comparable(payloads.at(-1)!.data.task)).toEqual(comparable(shown));
  expect(shown.images).toHaveLength(2);

  const deliveries = await attempted(caller, id);
  expect(deliveries.map((each) => each.id)).toEqual(
    requests.map(({ headers }) => headers['webhook-id']).toReversed(),
  );
  expect(deliveries[0]).toMatchObject({
    event: 'TASK_COMPLETED',
    status: 'DELIVERED',
    attempts: 1,
    responseStatus: 204,
    nextAttemptAt: null,
    deliveredAt: expect.any(String),
    task: { id: task.id },
  });
});

it('sends every field of a task', () => {
  const { Task, Image } = schema.getTypeMap() as unknown as Record<string, { getFields(): object }>;
  const words = new Set(taskQuery.split(/\W+/));
  // An image leads back to its task.
  const fields = [...Object.keys(Task!.getFields()), ...Object.keys(Image!.getFields())];
  expect(fields.filter((name) => !words.has(name))).toEqual([]);
});

it('delivers to one receiver while others hang, fail, redirect and flood', async () => {
  const caller = await signUp(app.url);
  const faulty = ['/hang', '/flood', '/drop', '/moved', '/broken'];
  const endpoints = new Map<string, string>();
  for (const path of faulty) endpoints.set(path, (await createEndpoint(caller, receiver.url + path)).id);
  await createEndpoint(caller, `${receiver.url}/unharmed`);
  const tasks = await Promise.all(Array.from({ length: 6 }, () => generate(caller)));
  for (const { id } of tasks) await completed('/unharmed', id);

  const outcome = async (path: string) => (await attempted(caller, endpoints.get(path)!))[0];
  expect(await outcome('/flood')).toMatchObject({ status: 'DELIVERED', responseStatus: 200 });
  expect(await outcome('/moved')).toMatchObject({ status: 'PENDING', responseStatus: 307 });
  expect(await outcome('/broken')).toMatchObject({
    status: 'PENDING',
    responseStatus: 500,
    nextAttemptAt: expect.any(String),
  });
  expect(at('/elsewhere')).toEqual([]);
  await vi.waitUntil(() => at('/hang').length >= 4, { timeout: 15_000 });
  expect(await deliveriesOf(caller, endpoints.get('/drop')!)).toMatchObject(
    tasks.map(() => ({ status: 'PENDING', responseStatus: null })),
  );
  // A node that stops waits for what hangs.
  for (const id of endpoints.values())
    await caller.ask('mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) { deletedId } }', { id });
});

it('sends a delivery again with its id, and signs with both secrets after a rotation', async () => {
  const caller = await signUp(app.url);
  const { id, secret } = await createEndpoint(caller, `${receiver.url}/again`);
  const task = await generate(caller);
  const [first] = await completed('/again', task.id);
  const { rotateWebhookSecret } = await caller.ask<{ rotateWebhookSecret: { secret: string } }>(
    'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }',
    { id },
  );
  const [delivery] = await attempted(caller, id);
  const { redeliverWebhook } = await caller.ask<{ redeliverWebhook: { delivery: Delivery } }>(
    'mutation ($id: ID!) { redeliverWebhook(id: $id) { delivery { id status deliveredAt } } }',
    { id: delivery!.id },
  );
  expect(redeliverWebhook.delivery).toEqual({ id: delivery!.id, status: 'PENDING', deliveredAt: null });
  const second = await vi.waitUntil(() => at('/again')[1], { timeout: 5_000 });
  expect(second.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(payloadOf(second).data.task.version).toBe(payloadOf(first!).data.task.version);
  for (const each of [secret, rotateWebhookSecret.secret])
    expect(verify(each, second)).toEqual(payloadOf(second));
  expect(() => verify(rotateWebhookSecret.secret, first!)).toThrow('No matching signature');
});

it('sends a test, which names no task of the user', async () => {
  const caller = await signUp(app.url);
  const { id, secret } = await createEndpoint(caller, `${receiver.url}/test`);
  await testEndpoint(caller, id);
  const request = await vi.waitUntil(() => at('/test')[0], { timeout: 5_000 });
  expect(verify(secret, request)).toMatchObject({
    type: 'task.completed',
    test: true,
    data: { task: { status: 'SUCCESS', images: [], progress: { percent: 100 } } },
  });
  expect(await attempted(caller, id)).toMatchObject([{ event: 'TASK_COMPLETED', task: null }]);
});

it('refuses a test while ten of them wait', async () => {
  const caller = await signUp(app.url);
  const { id } = await createEndpoint(caller, `${receiver.url}/broken`);
  for (let sent = 0; sent < 10; sent += 1) await testEndpoint(caller, id);
  const test = 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivery { id } } }';
  expect(await caller.refusal(test, { id })).toBe('RATE_LIMITED');
});

// Turns red where an event keeps what the user deleted.
it('delivers what happened to a task that was deleted meanwhile, without its inputs and images', async () => {
  const caller = await signUp(app.url);
  const { id } = await createEndpoint(caller, `${receiver.url}/late`);
  isRefusing = true;
  const task = await generate(caller, {
    prompt: 'A secret kite',
    options: { count: 2 },
    providerOptions: { go_fast: false },
  });
  const [first] = await completed('/late', task.id);
  await attempted(caller, id);
  isRefusing = false;
  await caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: task.id });
  const [delivery] = await deliveriesOf(caller, id);
  expect(delivery).toMatchObject({ status: 'PENDING', attempts: 1, task: null });
  await caller.ask('mutation ($id: ID!) { redeliverWebhook(id: $id) { delivery { id } } }', {
    id: delivery!.id,
  });
  const second = await vi.waitUntil(() => at('/late')[1], { timeout: 5_000 });
  expect(payloadOf(second).data.task).toMatchObject({ id: task.id, status: 'SUCCESS', images: [] });
  const inputs = { prompt: '', options: { count: 1 }, providerOptions: {} };
  const sent = payloadOf(first!).data.task;
  expect(payloadOf(second).data.task).toEqual({ ...sent, ...inputs, images: [] });
  expect(sent).toMatchObject({ prompt: 'A secret kite', options: { count: 2 } });
});

it('disables an endpoint that is gone, until it is enabled again', async () => {
  const caller = await signUp(app.url);
  const { id } = await createEndpoint(caller, `${receiver.url}/gone`);
  await testEndpoint(caller, id);
  expect(await attempted(caller, id)).toMatchObject([{ status: 'FAILED', responseStatus: 410 }]);
  const shown = '{ viewer { webhookEndpoints { url events enabled disabledReason } } }';
  await vi.waitUntil(async () => !JSON.stringify(await caller.ask(shown)).includes('"enabled":true'));
  expect(await caller.ask(shown)).toEqual({
    viewer: {
      webhookEndpoints: [
        {
          url: `${receiver.url}/gone`,
          events: ['TASK_COMPLETED'],
          enabled: false,
          disabledReason: 'The receiver answered 410 Gone.',
        },
      ],
    },
  });
  const test = 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivery { id } } }';
  expect(await caller.refusal(test, { id })).toBe('INVALID_INPUT id');
  const { updateWebhookEndpoint } = await caller.ask<{ updateWebhookEndpoint: object }>(
    `mutation ($input: UpdateWebhookEndpointInput!) {
      updateWebhookEndpoint(input: $input) { endpoint { url events enabled disabledReason } }
    }`,
    { input: { id, url: `${receiver.url}/ok`, events: ['TASK_UPDATED', 'TASK_UPDATED'], enabled: true } },
  );
  expect(updateWebhookEndpoint).toEqual({
    endpoint: { url: `${receiver.url}/ok`, events: ['TASK_UPDATED'], enabled: true, disabledReason: null },
  });
});

const create = `mutation ($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) { secret }
}`;

it.each([
  'http://127.0.0.1:3000/hook',
  'http://hooks.example/',
  'https://hooks.example:8443/',
  'https://localhost/',
  'https://app.localhost./',
  'https://10.0.0.1/',
  'https://[::1]/',
  'https://169.254.169.254/',
  'https://user:word@hooks.example/',
  'ftp://hooks.example/',
  'hooks.example',
  `https://hooks.example/${'a'.repeat(2_048)}`,
])('refuses the address %s', async (url) => {
  const caller = await signUp(app.url);
  expect(await caller.refusal(create, { input: { url } })).toBe('INVALID_INPUT input.url');
});

it('tells a developer which variable allows a local address', async () => {
  const caller = await signUp(app.url);
  const { errors } = await caller.post(create, { input: { url: 'http://localhost:3000/hook' } });
  expect(errors?.[0]?.message).toContain('WEBHOOK_ORIGINS=http://localhost:3000');
});

it('takes up to ten endpoints, also at once, each with an event', async () => {
  const caller = await signUp(app.url);
  const url = 'https://hooks.example/';
  expect(await caller.refusal(create, { input: { url, events: [] } })).toBe('INVALID_INPUT input.events');
  const refusals = await Promise.all(
    Array.from({ length: 12 }, () => caller.refusal(create, { input: { url } })),
  );
  expect(refusals.filter((code) => code === '')).toHaveLength(10);
  expect(refusals.filter((code) => code === 'INVALID_INPUT')).toHaveLength(2);
});
