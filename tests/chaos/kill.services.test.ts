/** Processes killed at random instants under load. */
import { expect, it } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createRandom, pause, type Random, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';
import { recordStaleWrites } from './support/stale-writes.ts';
import { createApiClient, type ApiClient, startLoad } from './support/api-client.ts';

const models = ['black-forest-labs/flux-schnell', 'gemini-3-pro-image-preview'];

// Turns red where a crashed submission is sent again instead of looked for, and where the charge stands in another
// statement than the task.
it.concurrent(
  'loses no credit and no task to kill -9 on PostgreSQL',
  { timeout: testTimeoutMs },
  async ({ onTestFinished }) => {
    const random = createRandom('kill on PostgreSQL');
    const rounds = scaled(4, 500);
    const cluster = await startCluster({ nodes: 2, hasWebhooks: true });
    onTestFinished(() => cluster.remove());
    const recorded = await recordStaleWrites(cluster);
    const client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);

    const load = startLoad(170, generateAny(client, random));
    for (let round = 0; round < rounds; round += 1) {
      await pause(random.between(200, 1_500));
      const victim = random.pick(cluster.nodes);
      await victim.end('SIGKILL');
      await victim.start();
    }
    const accepted = await load.stop();
    const followedMs = await cluster.settled(60_000);

    const [row] = await cluster.query<{ known: number }>(
      'SELECT count(*)::int AS "known" FROM "Task" WHERE "id" = ANY($1)',
      [accepted.map((id) => localId(id, 'Task'))],
    );
    const unfinished = await cluster.unfinished();
    const broken = await cluster.audit();
    const twice = cluster.provider.mostCreations();
    const stale = await recorded.staleWrites();
    report('kill -9, PostgreSQL: rounds, tasks', `${rounds}, ${accepted.length}`, '500 in the long version');
    report('kill -9, PostgreSQL: rules of the audit broken', broken.length, 0);
    report('kill -9, PostgreSQL: accepted tasks lost', accepted.length - (row?.known ?? 0), 0);
    report(
      'kill -9, PostgreSQL: unfinished, the last ended after',
      `${unfinished.length}, ${followedMs} ms`,
      '0, by the deadline',
    );
    report('kill -9, PostgreSQL: most submissions of one task', twice, 1);
    expect({ broken, unfinished, known: row?.known, twice, stale }).toEqual({
      broken: [],
      unfinished: [],
      known: accepted.length,
      twice: 1,
      stale: [],
    });
  },
);

// Turns red as the one above does.
it.concurrent(
  'loses no credit and no task to kill -9 on the embedded database',
  { timeout: testTimeoutMs },
  async ({ onTestFinished }) => {
    const random = createRandom('kill embedded');
    const rounds = scaled(4, 500);
    const cluster = await startCluster({ nodes: 1, isEmbedded: true });
    onTestFinished(() => cluster.remove());
    const [node] = cluster.nodes;
    const client = await createApiClient(() => cluster.up().map(({ url }) => url), random.pick);

    const load = startLoad(250, generateAny(client, random));
    for (let round = 0; round < rounds; round += 1) {
      await pause(random.between(300, 1_800));
      await node!.end('SIGKILL');
      await node!.start();
    }
    const accepted = await load.stop();
    const stoppedAtMs = Date.now();
    const { all, unfinished } = await until(
      'every task ends',
      async () => {
        const { data } = await client.post<Counts>(node!.url, countsDocument);
        return data?.viewer.unfinished.totalCount === 0 ? data.viewer : null;
      },
      { withinMs: 60_000, everyMs: 250 },
    );
    const followedMs = Date.now() - stoppedAtMs;
    await node!.end('SIGTERM');

    const broken = await cluster.audit();
    const twice = cluster.provider.mostCreations();
    const known = all.totalCount;
    report('kill -9, embedded: rounds, tasks', `${rounds}, ${accepted.length}`, '500 in the long version');
    report('kill -9, embedded: rules of the audit broken', broken.length, 0);
    report('kill -9, embedded: accepted tasks lost', accepted.length - known, 0);
    report(
      'kill -9, embedded: unfinished, the last ended after',
      `${unfinished.totalCount}, ${followedMs} ms`,
      '0, by the deadline',
    );
    report('kill -9, embedded: most submissions of one task', twice, 1);
    expect({ broken, known, twice }).toEqual({ broken: [], known: accepted.length, twice: 1 });
  },
);

interface Counts {
  viewer: { all: { totalCount: number }; unfinished: { totalCount: number } };
}

const countsDocument = `{ viewer {
  all: tasks(first: 1) { totalCount }
  unfinished: tasks(first: 1, filter: { status: [PENDING, PROCESSING] }) { totalCount }
} }`;

/** One task of the load, of any provider. */
const generateAny = (client: ApiClient, random: Random) => (index: number) => {
  const name = `kite ${index}`;
  return client.generate({ prompt: name, idempotencyKey: name, model: random.pick(models) });
};
