/** A process killed while it follows many tasks: how soon each is followed again, and that a deadline ends each. */
import { expect, it } from 'vitest';
import { createRandom, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';
import { createApiClient } from './support/api-client.ts';

/** Predictions that stay in Replicate's queue, and are asked for. */
const predictions = scaled(50, 490);
/** Calls to Gemini under way: their leases are held, and no node can poll them afterwards. */
const calls = 10;
const taskTimeoutMs = scaled(45_000, 150_000);
/** All predictions together are then asked for no more often than Replicate allows. */
const pollIntervalMs = scaled(2_000, 10_000);
const inOneGo = 8;

interface Counts {
  viewer: {
    calls: { nodes: { failure: { code: string } | null }[] };
    unfinished: { totalCount: number };
    last: { nodes: { deadlineAt: string }[] };
  };
}

const countsDocument = `{ viewer {
  calls: tasks(first: ${calls}, filter: { model: "gemini-3-pro-image-preview" }) { nodes { failure { code } } }
  unfinished: tasks(first: 1, filter: { status: [PENDING, PROCESSING] }) { totalCount }
  last: tasks(first: 1) { nodes { deadlineAt } }
} }`;

// Turns red where a lease outlasts its holder by a minute.
it.concurrent.for([
  { database: 'PostgreSQL', isEmbedded: false },
  { database: 'the embedded database', isEmbedded: true },
])(
  'follows everything again after kill -9, on $database',
  { timeout: testTimeoutMs },
  async ({ database, isEmbedded }, { onTestFinished }) => {
    const random = createRandom(`in flight on ${database}`);
    const cluster = await startCluster({
      nodes: 1,
      isEmbedded,
      env: { TASK_TIMEOUT_MS: String(taskTimeoutMs), POLL_INTERVAL_MS: String(pollIntervalMs) },
    });
    onTestFinished(() => cluster.remove());
    const [node] = cluster.nodes;
    const client = await createApiClient(() => [node!.url], random.pick);
    const generate = (prompt: string, model?: string) =>
      client.generate({ prompt, idempotencyKey: prompt, ...(model && { model }) });
    const counts = async () => (await client.post<Counts>(node!.url, countsDocument)).data!.viewer;
    const askedFor = new Set<string>();
    cluster.provider.watch = ({ kind, phase, path }) => {
      if (kind === 'get' && phase === 'answered') askedFor.add(path);
      return true;
    };

    const gemini = 'gemini-3-pro-image-preview';
    await Promise.all(
      Array.from({ length: calls }, (_, index) => generate(`call ${index} sandbox:slow=8000`, gemini)),
    );
    for (let first = 0; first < predictions; first += inOneGo)
      await Promise.all(
        Array.from({ length: Math.min(inOneGo, predictions - first) }, (_, index) =>
          generate(`waiting ${first + index} sandbox:queued=100000`),
        ),
      );
    // Then each is written with what the provider answered: one that is not would be given up, not followed.
    await until('each prediction is followed', () => askedFor.size === predictions);
    await node!.end('SIGKILL');
    askedFor.clear();
    await node!.start();

    const restartedAtMs = Date.now();
    await until('each prediction is asked for', () => askedFor.size === predictions);
    const ends = await until('each call is given up', async () => {
      const codes = (await counts()).calls.nodes.map(({ failure }) => failure?.code);
      return codes.every((code) => code !== undefined) ? codes : null;
    });
    const followedMs = Date.now() - restartedAtMs;
    const { unfinished, last } = await until(
      'every task ends',
      async () => {
        const now = await counts();
        return now.unfinished.totalCount === 0 ? now : null;
      },
      { withinMs: taskTimeoutMs + 60_000, everyMs: 100 },
    );
    const lateMs = Date.now() - Date.parse(last.nodes[0]!.deadlineAt);
    await node!.end('SIGTERM');

    const broken = await cluster.audit();
    const twice = cluster.provider.mostCreations();
    const what = `killed with ${calls + predictions} in flight, ${database}`;
    report(`${what}: all followed again, in ms after the restart`, followedMs, '15,000');
    report(
      `${what}: unfinished, the last deadline passed by ms`,
      `${unfinished.totalCount}, ${lateMs}`,
      '0, any',
    );
    report(`${what}: rules of the audit broken`, broken.length, 0);
    report(`${what}: most submissions of one task`, twice, 1);
    expect({ broken, twice, ends: new Set(ends) }).toEqual({
      broken: [],
      twice: 1,
      ends: new Set(['PROVIDER_LOST']),
    });
  },
);
