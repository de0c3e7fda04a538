/** No overdraft and one charge a key, over HTTP, on two nodes at once. */
import {
  asyncProperty,
  assert as check,
  array,
  constantFrom,
  integer,
  oneof,
  record,
  constant,
} from 'fast-check';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createRandom, report, scaled, seed, testTimeoutMs } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import {
  createApiClient,
  generateDocument,
  generateVariables,
  type ApiClient,
} from './support/api-client.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

interface Generated {
  generateImage: { task: { id: string } } | null;
}

const random = createRandom('money');
/** Stays in the provider's queue, so that nothing is refunded meanwhile. */
const waiting = 'sandbox:queued=100000';
const affordable = 50;
/** Fewer than the credits are enough for. */
const mostUnfinished = 20;
let cluster: Cluster;
/** In front of each node, cutting the connection when the answer comes. */
let losing: TcpProxy[];

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 2,
    env: {
      SIGNUP_CREDITS: String(affordable * 2),
      TASK_TIMEOUT_MS: '3600000',
      POLL_INTERVAL_MS: '60000',
      WORKER_CONCURRENCY: '2',
    },
  });
  losing = await Promise.all(
    cluster.nodes.map(({ url }) =>
      startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) }, () => ({
        fromServer: () => 'cut',
      })),
    ),
  );
}, 90_000);

afterAll(async () => {
  await Promise.all((losing ?? []).map((proxy) => proxy.close()));
  await cluster?.remove();
});

const newClient = () => createApiClient(() => cluster.up().map(({ url }) => url), random.pick);

// Turns red where the unfinished tasks are counted as the accepting statement saw them when it began.
it('accepts no more than may be unfinished, over all nodes', { timeout: testTimeoutMs }, async () => {
  const bounded = await startCluster({
    nodes: 2,
    env: { MAX_ACTIVE_TASKS: String(mostUnfinished), TASK_TIMEOUT_MS: '3600000', POLL_INTERVAL_MS: '60000' },
  });
  onTestFinished(() => bounded.remove());
  const accepted: number[] = [];
  const refusals = new Set<string>();
  for (let race = 0; race < scaled(3, 50); race += 1) {
    const racer = await createApiClient(() => bounded.up().map(({ url }) => url), random.pick);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        racer.post<Generated>(
          bounded.nodes[index % 2]!.url,
          generateDocument,
          generateVariables({ prompt: `bounded ${race} ${waiting}` }),
          60_000,
        ),
      ),
    );
    accepted.push(answers.filter(({ data }) => data?.generateImage).length);
    for (const { errors = [] } of answers) for (const { extensions } of errors) refusals.add(extensions.code);
  }
  const wrong = accepted.filter((count) => count !== mostUnfinished);
  report(`unfinished: ${accepted.length} races of 100 for ${mostUnfinished}, wrong numbers`, wrong.length, 0);
  expect({ wrong, refusals: [...refusals] }).toEqual({ wrong: [], refusals: ['TOO_MANY_ACTIVE_TASKS'] });
});

// Turns red where the charge reads the balance in one statement and lowers it in another, with the CHECK gone too.
it('accepts exactly what the credits are enough for', { timeout: testTimeoutMs }, async () => {
  const races = scaled(6, 100);
  const accepted: number[] = [];
  const refusals = new Set<string>();
  for (let race = 0; race < races; race += 1) {
    const client = await newClient();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        client.post<Generated>(
          cluster.nodes[index % 2]!.url,
          generateDocument,
          generateVariables({ prompt: `race ${race} ${waiting}` }),
          60_000,
        ),
      ),
    );
    accepted.push(answers.filter(({ data }) => data?.generateImage).length);
    for (const { errors = [] } of answers) for (const { extensions } of errors) refusals.add(extensions.code);
    expect(await client.credits(cluster.nodes[0]!.url)).toBe(0);
  }
  const wrong = accepted.filter((count) => count !== affordable).length;
  report(`overdraft: ${races} races of 200 for 50, races with another number than 50`, wrong, 0);
  const broken = await cluster.audit();
  report('overdraft: rules of the audit broken', broken.length, 0);
  expect({ wrong, refusals: [...refusals], broken }).toEqual({
    wrong: 0,
    refusals: ['INSUFFICIENT_CREDITS'],
    broken: [],
  });
});

/** What is done with a key; inputs and keys are few, so that they meet. */
const step = oneof(
  record({
    kind: constant('request' as const),
    key: integer({ min: 0, max: 1 }),
    input: integer({ min: 0, max: 1 }),
    /** At once, each on the way of its own: the answer comes, or is lost. */
    copies: array(constantFrom('answered' as const, 'lost' as const), { minLength: 1, maxLength: 3 }),
  }),
  record({ kind: constant('expire' as const), key: integer({ min: 0, max: 1 }) }),
);

// Turns red where the key is no part of the accepting statement, where its unique index is gone, where the hash of the
// input is not compared, and where keys do not expire.
it('answers one key with one task and one charge', { timeout: testTimeoutMs }, async () => {
  const sequences = scaled(120, 10_000);
  let client: ApiClient | undefined;
  let number = 0;
  let left = 0;
  const sequence = asyncProperty(array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
    number += 1;
    if (!client || left < 20) {
      client = await newClient();
      left = affordable * 2;
    }
    const [asker, name] = [client, `sequence ${number}`];
    const ask = (url: string, key: number, input: number) =>
      asker.post<Generated>(
        url,
        generateDocument,
        generateVariables({
          prompt: `${name} input ${input} ${waiting}`,
          idempotencyKey: `${name} key ${key}`,
        }),
      );
    const before = await asker.credits(cluster.nodes[0]!.url);
    const bound = new Map<number, { input: number; id: string }>();
    const tasks = new Set<string>();

    for (const step of steps) {
      if (step.kind === 'expire') {
        await cluster.query(
          `UPDATE "IdempotencyKey" SET "createdAt" = "createdAt" - interval '73 hours' WHERE "key" = $1`,
          [`${name} key ${step.key}`],
        );
        bound.delete(step.key);
        continue;
      }
      const { key, input, copies } = step;
      const answers = await Promise.all(
        copies.map((copy) => {
          const way = random.between(0, 1);
          const url = copy === 'lost' ? `http://127.0.0.1:${losing[way]!.port}` : cluster.nodes[way]!.url;
          return copy === 'lost' ? ask(url, key, input).catch(() => undefined) : ask(url, key, input);
        }),
      );
      // A client that lost an answer repeats the request.
      answers.push(await ask(cluster.nodes[random.between(0, 1)]!.url, key, input));
      const known = bound.get(key);
      for (const answer of answers.filter((given) => given !== undefined)) {
        const id = answer.data?.generateImage?.task.id;
        if (known && known.input !== input) {
          expect(answer.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT');
          continue;
        }
        expect(answer.errors).toBeUndefined();
        const first = bound.get(key) ?? { input, id: id! };
        bound.set(key, first);
        expect(id).toBe(first.id);
        tasks.add(id!);
      }
    }
    const after = await asker.credits(cluster.nodes[0]!.url);
    left = after;
    expect(before - after).toBe(2 * tasks.size);
    const [charges] = await cluster.query<{ count: number }>(
      `SELECT count(*)::int AS "count" FROM "CreditEntry" WHERE "kind" = 'CHARGE' AND "taskId" = ANY($1)`,
      [[...tasks].map((id) => localId(id, 'Task'))],
    );
    expect(charges?.count).toBe(tasks.size);
  });
  await check(sequence, { numRuns: sequences, seed });
  const broken = await cluster.audit();
  report(`idempotency: violations in ${number} sequences`, 0, '0 in 10,000');
  report('idempotency: rules of the audit broken', broken.length, 0);
  expect(broken).toEqual([]);
});
