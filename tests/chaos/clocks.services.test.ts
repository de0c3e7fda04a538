/** Three nodes whose machines show times far apart from each other and from the database's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../support/api.ts';
import { createRandom, percentile, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { recordStaleWrites } from './support/stale-writes.ts';
import { shiftedClock } from './support/node.ts';
import {
  createApiClient,
  generateDocument,
  generateVariables,
  type ApiClient,
} from './support/api-client.ts';

/** One is behind the database, two are 60 s apart, one is ahead by more than a task may take. */
const shiftsMs = [-20_000, 40_000, 200_000];
/** Claims, polls and estimates of a task of two seconds come to some sixty. */
const maxVersion = 200;
type Generated = { generateImage: { task: { id: string } } };
const gemini = 'gemini-3-pro-image-preview';

describe.each([
  { name: 'with Redis and webhooks', hasRedis: true, hasWebhooks: true },
  { name: 'without Redis and webhooks', hasRedis: false, hasWebhooks: false },
])('$name', ({ name, hasRedis, hasWebhooks }) => {
  const random = createRandom(`clocks ${name}`);
  let cluster: Cluster;
  let recorded: Awaited<ReturnType<typeof recordStaleWrites>>;
  let client: ApiClient;

  beforeAll(async () => {
    cluster = await startCluster({
      nodes: shiftsMs.length,
      hasRedis,
      hasWebhooks,
      env: { TASK_TIMEOUT_MS: '100000' },
      nodeEnv: (index) => shiftedClock(shiftsMs[index]!),
    });
    recorded = await recordStaleWrites(cluster);
    client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
  }, 90_000);

  afterAll(() => cluster?.remove());

  // Turns red where a lease, a deadline, a silence or an age is measured with the node's own clock.
  it('loses no task while the clocks of the nodes differ', { timeout: testTimeoutMs }, async () => {
    const count = scaled(40, 600);
    await Promise.all(
      Array.from({ length: count }, (_, index) => {
        const prompt = `clocks ${index} sandbox:slow=${random.between(20, 80)}`;
        const model = index % 2 === 0 ? gemini : 'black-forest-labs/flux-schnell';
        return client.generate({ prompt, idempotencyKey: prompt, model });
      }),
    );
    await cluster.settled(110_000);
    const lost = await cluster.query(
      `SELECT "id", "provider", "failureCode" FROM "Task" WHERE "status" <> 'SUCCESS'`,
    );
    const [{ version } = { version: 0 }] = await cluster.query<{ version: number }>(
      'SELECT max("version") AS "version" FROM "Task"',
    );
    const [broken, stale] = [await cluster.audit(), await recorded.staleWrites()];
    report(`clocks apart, ${name}: tasks, lost`, `${count}, ${lost.length}`, 'any, 0');
    report(`clocks apart, ${name}: most versions of a task`, version, `below ${maxVersion}`);
    expect({ lost, broken, stale, twice: cluster.provider.mostCreations() }).toEqual({
      lost: [],
      broken: [],
      stale: [],
      twice: 1,
    });
    expect(version).toBeLessThan(maxVersion);
  });

  // Turns red, without Redis, where the database is not read beside the events.
  it('shows on one node every task that is created on another', { timeout: testTimeoutMs }, async () => {
    const [watched, other] = cluster.nodes.map(({ url }) => url) as [string, string];
    const { results, close } = createCaller(watched, client.token).subscribe<{ taskUpdated: { id: string } }>(
      'subscription { taskUpdated { id } }',
    );
    const seenAtMs = new Map<string, number>();
    const reading = (async () => {
      for await (const { data } of results) {
        const id = data?.taskUpdated.id;
        if (id && !seenAtMs.has(id)) seenAtMs.set(id, Date.now());
      }
    })();
    const answeredAtMs = new Map<string, number>();
    const create = async (index: number) => {
      const input = { prompt: `elsewhere ${index}` };
      const { data } = await client.post<Generated>(other, generateDocument, generateVariables(input));
      answeredAtMs.set(data!.generateImage.task.id, Date.now());
    };
    const count = scaled(60, 200);
    for (let index = 0; index < count; index += 4)
      await Promise.all([0, 1, 2, 3].map((offset) => create(index + offset)));
    const unseen = () => [...answeredAtMs.keys()].filter((id) => !seenAtMs.has(id));
    await until('every task is seen', () => unseen().length === 0);
    await close();
    await reading;
    const delays = [...answeredAtMs].map(([id, atMs]) => Math.max(0, seenAtMs.get(id)! - atMs));
    const [median, slowest] = [percentile(delays, 0.5), Math.max(...delays)].map(Math.round);
    report(`created on another node, ${name}: tasks, seen`, `${answeredAtMs.size}, ${delays.length}`, 'all');
    report(`created on another node, ${name}: delay in ms, p50, most`, `${median}, ${slowest}`, 'any, 5,000');
    expect(answeredAtMs.size).toBe(count);
  });
});
