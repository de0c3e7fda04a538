/** Three nodes on one database: one that is stopped for longer than its lease, all restarted in turn, events between them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createCaller } from '../support/api.ts';
import { createRandom, pause, percentile, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { recordStaleWrites } from './support/stale-writes.ts';
import { createApiClient, type ApiClient, startLoad } from './support/api-client.ts';

const random = createRandom('nodes');
let cluster: Cluster;
let recorded: Awaited<ReturnType<typeof recordStaleWrites>>;
let client: ApiClient;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 3, hasWebhooks: true, env: { TASK_TIMEOUT_MS: '60000' } });
  recorded = await recordStaleWrites(cluster);
  client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
}, 90_000);

afterAll(() => cluster?.remove());

const gemini = 'gemini-3-pro-image-preview';
const generate = (name: string, words = '', model = 'black-forest-labs/flux-schnell') =>
  client.generate({ prompt: `${name} ${words}`, idempotencyKey: name, model });

// Turns red where `change` or `settle` does not name the version it read.
it(
  'lets a node that was stopped for longer than its lease write nothing',
  { timeout: testTimeoutMs },
  async () => {
    const stoppedMs = scaled(20_000, 30_000);
    // A call to Gemini is one step, so its lease is held all the while: 12 s, with the estimate written as it goes.
    const slow = Array.from({ length: 30 }, (_, index) =>
      generate(`held ${index}`, 'sandbox:slow=480', gemini),
    );
    await Promise.all(slow);
    const held = () =>
      cluster.query<{ node: string; count: number }>(
        `SELECT h."node", count(*)::int AS "count" FROM "Task" t JOIN "LeaseHolder" h USING ("leaseOwner")
       WHERE t."status" = 'PROCESSING' GROUP BY 1 ORDER BY 2 DESC`,
      );
    await until('every call is under way', async () => {
      const counts = (await held()).map(({ count }) => count);
      return counts.reduce((sum, count) => sum + count, 0) === slow.length;
    });
    // Which nodes took the work is theirs to decide.
    const [most] = await held();
    const [victim] = cluster.nodes.filter(({ name }) => name === most!.node);
    const others = cluster.nodes.filter((node) => node !== victim);
    victim!.stop('SIGSTOP');
    cluster.provider.receivers = () => others.map(({ url }) => url);
    await pause(stoppedMs);
    const taken = await recorded.takenFrom(victim!.name);
    victim!.stop('SIGCONT');
    await cluster.settled(60_000);
    // What it still would write, it tries by then: its timers and answers come at once.
    await pause(2_000);
    cluster.provider.receivers = () => cluster.up().map(({ url }) => url);

    const stale = await recorded.staleWrites();
    const twice = cluster.provider.mostCreations();
    const broken = await cluster.audit();
    report(`stopped for ${stoppedMs / 1000} s: leases held, taken over`, `${most!.count}, ${taken}`, 'all');
    report('stopped: stale writes', stale.length, 0);
    report('stopped: most submissions of one task', twice, 1);
    expect({ stale, twice, broken }).toEqual({ stale: [], twice: 1, broken: [] });
    expect(taken).toBeGreaterThan(0);
  },
);

// Turns red where a node whose lease was taken over cancels the work that it submitted without checking whether the task still waits for it.
it('leaves alone what another node adopted while it was stopped', { timeout: testTimeoutMs }, async () => {
  let stopped: string | undefined;
  cluster.provider.watch = ({ node, kind, phase }) => {
    const isAnswer = kind === 'create' && phase === 'answered';
    if (isAnswer && stopped === undefined) {
      stopped = node;
      cluster.nodes.find(({ name }) => name === node)!.stop('SIGSTOP');
    }
    return true;
  };
  const prompt = 'adopted sandbox:slow=400';
  const asked = client.generate({ prompt, idempotencyKey: prompt });
  await until('a node is stopped while it submits', () => stopped !== undefined);
  const victim = cluster.nodes.find(({ name }) => name === stopped)!;
  cluster.provider.receivers = () => cluster.up().flatMap(({ url }) => (url === victim.url ? [] : [url]));
  // As if its lease had run out.
  await cluster.query(`UPDATE "Task" SET "leaseExpiresAt" = now() - interval '1 second'
    WHERE "submittingAt" IS NOT NULL AND "status" = 'PENDING'`);
  const adopted = () =>
    cluster.query(`SELECT 1 FROM "Task" WHERE "prompt" = $1 AND "operation" IS NOT NULL`, [prompt]);
  await until('another node adopts the work', async () => (await adopted()).length === 1);
  victim.stop('SIGCONT');
  const id = localId(await asked, 'Task');
  await cluster.settled(60_000);
  cluster.provider.receivers = () => cluster.up().map(({ url }) => url);
  cluster.provider.watch = () => true;
  const rows = await cluster.query('SELECT "status"::text, "failureCode" FROM "Task" WHERE "id" = $1', [id]);
  expect(rows).toEqual([{ status: 'SUCCESS', failureCode: null }]);
});

// Turns red where a stopping node keeps its leases, cuts off a call that cannot be made again, or does not end without a kill.
it('loses nothing while the nodes are restarted in turn', { timeout: testTimeoutMs }, async () => {
  const load = startLoad(200, (index) => {
    const name = `rolling ${index}`;
    // The call takes 2 s, so that some are under way wherever a node stops.
    return index % 2 === 0 ? generate(name) : generate(name, 'sandbox:slow=80', gemini);
  });
  const exits: { code: number | null; ms: number; kept: number }[] = [];
  for (const node of cluster.nodes) {
    const startedAtMs = Date.now();
    const code = await node.end('SIGTERM');
    const ms = Date.now() - startedAtMs;
    const kept = await cluster.query(
      'SELECT 1 FROM "Task" JOIN "LeaseHolder" USING ("leaseOwner") WHERE "node" = $1',
      [node.name],
    );
    exits.push({ code, ms, kept: kept.length });
    await node.start();
  }
  const ids = (await load.stop()).map((id) => localId(id, 'Task'));
  await cluster.settled(60_000);
  const lost = await cluster.query<{ id: string }>(
    `SELECT "id", "failureCode", "attempt", "completedAt" - "createdAt" AS "took", "prompt", "operation", "submittingAt"
     FROM "Task" WHERE "id" = ANY($1) AND "status" <> 'SUCCESS'`,
    [ids],
  );
  const unclean = exits.filter(({ code }) => code !== 0);
  const kept = exits.reduce((sum, exit) => sum + exit.kept, 0);
  const slowest = Math.max(...exits.map(({ ms }) => ms));
  report('rolling restart: tasks, lost', `${ids.length}, ${lost.length}`, 'any, 0');
  report('rolling restart: stops that were not clean', unclean.length, 0);
  report('rolling restart: leases that a stopped node kept', kept, 0);
  report('rolling restart: slowest stop in ms', slowest, '10,000');
  expect({ lost, unclean, kept }).toEqual({ lost: [], unclean: [], kept: 0 });
  // After 10 s the process ends itself; what comes on top is the machine's.
  expect(slowest).toBeLessThan(13_000);
});

// Turns red where nothing is published to Redis: then a subscriber waits for its own look at the database, 5 s.
it('sends a subscriber on one node what another node does', { timeout: testTimeoutMs }, async () => {
  const delays: number[] = [];
  for (let task = 0; task < scaled(15, 200); task += 1) {
    const id = await generate(`told ${task}`);
    const ends = await Promise.all(
      cluster.nodes.map(async ({ name, url }) => {
        const { results, close } = createCaller(url, client.token).subscribe<{
          taskUpdated: { status: string };
        }>('subscription ($id: ID) { taskUpdated(id: $id) { status } }', { id });
        let atMs = 0;
        let states = 0;
        for await (const { data } of results) {
          states += 1;
          if (data?.taskUpdated.status === 'SUCCESS') atMs = Date.now();
        }
        await close();
        return { name, atMs, states };
      }),
    );
    const settled = await recorded.settledBy(localId(id, 'Task')!);
    for (const { name, atMs, states } of ends)
      // A subscriber with one state only came when the task had ended.
      if (name !== settled!.node && states > 1) delays.push(atMs - settled!.atMs);
  }
  const [median, slow] = [percentile(delays, 0.5), percentile(delays, 0.99)].map(Math.round);
  report(`events between nodes: delay in ms of ${delays.length}, p50, p99`, `${median}, ${slow}`, '2,000');
  expect(delays.length).toBeGreaterThan(0);
  expect(slow).toBeLessThan(2_000);
});
