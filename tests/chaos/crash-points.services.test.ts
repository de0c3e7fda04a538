/** A node that dies at a named point of accept → submit → follow → persist → settle → publish, and the next at another. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createRandom, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { recordStaleWrites } from './support/stale-writes.ts';
import { createApiClient, type ApiClient } from './support/api-client.ts';
import type { StatementSeen } from './support/postgres-interceptor.ts';
import type { ProviderCall } from './support/provider.ts';

/** What passes a node's boundary: a statement, a call to the provider, a request to the store, a message to Redis. */
type Passing =
  | ({ to: 'database' } & StatementSeen)
  | ({ to: 'provider' } & ProviderCall)
  | { to: 'store' | 'redis'; phase: 'sent' | 'answered'; text: string };

const statement = (phase: StatementSeen['phase'], pattern: RegExp) => (passing: Passing) =>
  passing.to === 'database' &&
  passing.phase === phase &&
  pattern.test(passing.sql) &&
  (phase === 'sent' || passing.rows > 0);
const call = (kind: ProviderCall['kind'], phase: ProviderCall['phase']) => (passing: Passing) =>
  passing.to === 'provider' && passing.kind === kind && passing.phase === phase;
const storing = (phase: 'sent' | 'answered') => (passing: Passing) =>
  passing.to === 'store' && passing.phase === phase;

/** `sent`: what was about to happen did not. `answered`: it happened, and the node never knew. */
const points: Readonly<Record<string, (passing: Passing) => boolean>> = {
  'accept, sent': statement('sent', /INSERT INTO "Task"/),
  'accept, answered': statement('answered', /INSERT INTO "Task"/),
  'lease, answered': statement('answered', /UPDATE "Task" SET "version" = "version" \+ 1, "leaseOwner"/),
  'submit, sent': statement('sent', /UPDATE .*"Task" SET .*"attempt" =/),
  'submit, answered': statement('answered', /UPDATE .*"Task" SET .*"attempt" =/),
  'create, sent': call('create', 'asked'),
  'create, answered': call('create', 'answered'),
  'follow, sent': statement('sent', /UPDATE .*"Task" SET .*"operation" =/),
  'follow, answered': statement('answered', /UPDATE .*"Task" SET .*"operation" =/),
  'webhook, sent': statement('sent', /INSERT INTO "WebhookDelivery"/),
  'webhook, answered': statement('answered', /INSERT INTO "WebhookDelivery"/),
  'keep, sent': storing('sent'),
  'keep, answered': storing('answered'),
  'settle, sent': statement('sent', /WITH "settled"/),
  'settle, answered': statement('answered', /WITH "settled"/),
  'tell, sent': (passing) => passing.to === 'redis' && passing.text.includes('"status":"SUCCESS"'),
};
const names = Object.keys(points);

/** Where nothing was at the provider yet, which no node can know: failed and refunded. */
const unsubmitted = new Set(['submit, answered', 'create, sent']);

const random = createRandom('crash points');
const nodeCount = 4;
let cluster: Cluster;
let client: ApiClient;
let recorded: Awaited<ReturnType<typeof recordStaleWrites>>;
/** What still has to be reached, in order; and what was. */
let armed: string[] = [];
let reached: string[] = [];
const restarts = new Set<Promise<void>>();
/** Killed nodes, whose earlier statements still arrive: a node is not killed twice. */
const dying = new Set<string>();

/** Kills the node where it has reached the next point; then nothing of this passes on. */
function passes(nodeName: string, passing: Passing): boolean {
  const [next] = armed;
  if (next === undefined || dying.has(nodeName) || !points[next]!(passing)) return true;
  armed = armed.slice(1);
  reached.push(next);
  const node = cluster.nodes.find(({ name }) => name === nodeName)!;
  dying.add(nodeName);
  node.kill();
  const restart = node.end('SIGKILL').then(async () => {
    await passTime();
    dying.delete(nodeName);
    await node.start();
  });
  restarts.add(restart);
  void restart.finally(() => restarts.delete(restart));
  return false;
}

/** As if the lease of the dead node and the search for a lost answer had taken their time; there is one task at a time. */
async function passTime(): Promise<void> {
  await cluster.query(`
    UPDATE "Task" SET "leaseExpiresAt" = CASE WHEN "leaseOwner" IS NOT NULL THEN now() - interval '1 second' END,
      "submittingAt" = "submittingAt" - interval '30 seconds', "heardAt" = "heardAt" - interval '30 seconds',
      "dueAt" = least("dueAt", now())
    WHERE "status" IN ('PENDING', 'PROCESSING')`);
}

beforeAll(async () => {
  const requestInterceptor = (to: 'store' | 'redis', name: string, pattern: RegExp) => {
    let isOpen = false;
    return {
      fromClient(bytes: Buffer) {
        const text = bytes.toString('latin1');
        isOpen ||= pattern.test(text);
        return !isOpen || passes(name, { to, phase: 'sent', text });
      },
      fromServer(bytes: Buffer) {
        const isAnswer = isOpen;
        isOpen = false;
        return !isAnswer || passes(name, { to, phase: 'answered', text: bytes.toString('latin1') });
      },
    };
  };
  cluster = await startCluster({
    nodes: nodeCount,
    hasWebhooks: true,
    watch: (name) => ({
      statement: (seen) => passes(name, { to: 'database', ...seen }),
      redis: requestInterceptor('redis', name, /publish/i),
      store: requestInterceptor('store', name, /^PUT /),
    }),
  });
  cluster.provider.watch = (seen) => passes(seen.node, { to: 'provider', ...seen });
  recorded = await recordStaleWrites(cluster);
  client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);
}, 90_000);

afterAll(() => cluster?.remove());

/** One task through the crashes; how it ended, and what of it is wrong. */
async function run(combination: string[], number: number) {
  await until('enough nodes are up', () => cluster.up().length > combination.length);
  reached = [];
  armed = combination;
  // One picture of two comes, so that the end brings a picture and a refund.
  const prompt = `crash ${number} at ${combination.join(' then ')} sandbox:slow=12 sandbox:fewer`;
  const id = localId(
    await client.generate({ prompt, idempotencyKey: prompt, options: { count: 2 } }),
    'Task',
  );
  const end = await until(
    `the task ends after a crash at ${combination.join(' and ')}`,
    async () => {
      const [row] = await cluster.query<{ status: string; images: number }>(
        `SELECT "status"::text, (SELECT count(*)::int FROM "Image" WHERE "taskId" = "Task"."id") AS "images"
         FROM "Task" WHERE "id" = $1`,
        [id],
      );
      return row && !['PENDING', 'PROCESSING'].includes(row.status) ? row : null;
    },
    { withinMs: 40_000 },
  );
  // The end is published after it is written, so it may be seen here first; a node that died at the end publishes nothing.
  if (armed[0]?.startsWith('tell'))
    await until('the final state arrives', () => armed.length === 0, { withinMs: 2_000 }).catch(() => {});
  armed = [];
  const expected = reached.some((point) => unsubmitted.has(point)) ? 'FAILED 0' : 'SUCCESS 1';
  const found = `${end.status} ${end.images}`;
  const submissions = cluster.provider.creations(prompt);
  return {
    reached: reached.length,
    faults: [
      ...(found === expected ? [] : [`${prompt}: ${found}`]),
      ...(submissions <= 1 ? [] : [`${prompt}: submitted ${submissions} times`]),
    ],
  };
}

// Turns red where `recover` submits again, where a submission is not committed before the call, where the charge is no
// part of `accept`, and where the refund is none of `settle`.
it(
  'holds every invariant after crashes at each point, alone and in pairs',
  { timeout: testTimeoutMs },
  async () => {
    const pairs = names.flatMap((first) => names.map((second) => [first, second]));
    const combinations = [
      ...names.map((name) => [name]),
      ...random.shuffled(pairs).slice(0, scaled(5, pairs.length)),
    ];
    let crashes = 0;
    const faults: string[] = [];
    const missed: string[] = [];
    for (const [number, combination] of combinations.entries()) {
      const result = await run(combination, number);
      crashes += result.reached;
      faults.push(...result.faults);
      if (result.reached === 0) missed.push(combination.join(' and '));
    }
    await Promise.all(restarts);
    const [broken, stale, unfinished] = [
      await cluster.audit(),
      await recorded.staleWrites(),
      await cluster.unfinished(),
    ];
    report(
      'crash points: combinations, crashes',
      `${combinations.length}, ${crashes}`,
      '16 alone, 256 pairs',
    );
    report('crash points: tasks that ended wrongly or were submitted twice', faults.length, 0);
    report('crash points: rules of the audit broken', broken.length, 0);
    expect({ faults, missed, broken, stale, unfinished }).toEqual({
      faults: [],
      missed: [],
      broken: [],
      stale: [],
      unfinished: [],
    });
  },
);
