/** Calls to Gemini, whose answers exist nowhere else, while the database or the store is away for longer than a lease. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom, pause, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { recordStaleWrites } from './support/stale-writes.ts';
import { createApiClient, type ApiClient } from './support/api-client.ts';

const random = createRandom('paid answers');
let cluster: Cluster;
let recorded: Awaited<ReturnType<typeof recordStaleWrites>>;
let client: ApiClient;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, isProxied: true, env: { TASK_TIMEOUT_MS: '120000' } });
  recorded = await recordStaleWrites(cluster);
  client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
}, 90_000);

afterAll(() => cluster?.remove());

/** Tasks that are all under way; each takes as many seconds as its place in the list says. */
async function underWay(name: string, seconds: number[]) {
  const prompts = await Promise.all(
    seconds.map(async (duration, index) => {
      // The sandbox runs forty times as fast.
      const prompt = `${name} ${index} sandbox:slow=${duration * 40}`;
      await client.generate({ prompt, idempotencyKey: prompt, model: 'gemini-3-pro-image-preview' });
      return prompt;
    }),
  );
  const submitted = () =>
    cluster.query(`SELECT 1 FROM "Task" WHERE "prompt" = ANY($1) AND "submittingAt" IS NOT NULL`, [prompts]);
  await until('every call is under way', async () => (await submitted()).length === prompts.length);
  return prompts;
}

async function expectKept(what: string, prompts: string[]) {
  await cluster.settled(110_000);
  const lost = await cluster.query<{ failureCode: string }>(
    `SELECT "prompt", "failureCode" FROM "Task" WHERE "prompt" = ANY($1) AND "status" <> 'SUCCESS'`,
    [prompts],
  );
  report(`${what}: paid answers, lost`, `${prompts.length}, ${lost.length}`, 'any, 0');
  const [broken, stale] = [await cluster.audit(), await recorded.staleWrites()];
  expect({ lost, broken, stale, twice: cluster.provider.mostCreations() }).toEqual({
    lost: [],
    broken: [],
    stale: [],
    twice: 1,
  });
}

// Turns red where a node takes its own running tasks, or another's, as soon as the database is back, and where an answer
// that could not be written is dropped.
it('keeps them while the database is away', { timeout: testTimeoutMs }, async () => {
  const awayMs = scaled(20_000, 40_000);
  const prompts = await underWay('no database', [12, 14, 16, 18, 20, 22, 24, 26]);
  const set = (mode: 'stop' | 'pass') =>
    Promise.all(cluster.nodes.map(({ proxies }) => proxies!.postgres.set(mode)));
  await set('stop');
  await pause(awayMs);
  await set('pass');
  await expectKept(`database away for ${awayMs / 1000} s`, prompts);
});

// Turns red where storage is tried a few times only.
it('keeps them while storage is away', { timeout: testTimeoutMs }, async () => {
  const awayMs = scaled(15_000, 40_000);
  const prompts = await underWay('no storage', [2, 2, 3, 3, 3, 4, 4, 4]);
  const set = (mode: 'stop' | 'pass') =>
    Promise.all(cluster.nodes.map(({ proxies }) => proxies!.store.set(mode)));
  await set('stop');
  await pause(awayMs);
  await set('pass');
  await expectKept(`storage away for ${awayMs / 1000} s`, prompts);
});
