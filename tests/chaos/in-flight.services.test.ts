/** A process killed while it follows many tasks: how soon each is followed again, and that a deadline ends each. */
import { expect, it } from 'vitest';
import { createRandom, report, scaled, testTimeoutMs, until } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';
import { createPerson } from './support/person.ts';

const tasks = scaled(60, 500);
/** Calls to Gemini under way: their leases are held, and nobody can ask about them afterwards. */
const calls = 10;
const taskTimeoutMs = scaled(30_000, 90_000);
/** All tasks together then ask no more often than Replicate allows. */
const pollIntervalMs = 10_000;

interface Counts {
  viewer: { failed: { totalCount: number }; unfinished: { totalCount: number }; last: { nodes: Last[] } };
}
interface Last {
  deadlineAt: string;
}

const countsDocument = `{ viewer {
  failed: tasks(first: 1, filter: { status: [FAILED] }) { totalCount }
  unfinished: tasks(first: 1, filter: { status: [PENDING, PROCESSING] }) { totalCount }
  last: tasks(first: 1) { nodes { deadlineAt } }
} }`;

// Turns red where a process keeps to itself what it follows, where leases do not run out, and without the sweep.
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
    const person = await createPerson(() => [node!.url], random.pick);
    const counts = async () => (await person.post<Counts>(node!.url, countsDocument)).data!.viewer;
    const askedFor = new Set<string>();
    let submitted = 0;
    cluster.provider.watch = ({ kind, phase, path }) => {
      if (kind === 'get' && phase === 'answered') askedFor.add(path);
      if (kind === 'create' && phase === 'answered') submitted += 1;
      return true;
    };

    await Promise.all(
      Array.from({ length: calls }, (_, index) => {
        const name = `call ${index} sandbox:slow=4000`;
        return person.generate({ prompt: name, idempotencyKey: name, model: 'gemini-3-pro-image-preview' });
      }),
    );
    for (let index = calls; index < tasks; index += 1) {
      const name = `waiting ${index} sandbox:queued=100000`;
      await person.generate({ prompt: name, idempotencyKey: name });
    }
    const predictions = tasks - calls;
    await until('every prediction is submitted', () => submitted === predictions);
    await node!.end('SIGKILL');
    askedFor.clear();
    await node!.start();

    const startedAtMs = Date.now();
    await until('each prediction is asked for', () => askedFor.size === predictions);
    await until('each call is given up', async () => (await counts()).failed.totalCount === calls);
    const followedMs = Date.now() - startedAtMs;
    const { last } = await counts();
    await until('every task ends', async () => (await counts()).unfinished.totalCount === 0, {
      withinMs: taskTimeoutMs + 60_000,
      everyMs: 100,
    });
    const lateMs = Date.now() - Date.parse(last.nodes[0]!.deadlineAt);
    await node!.end('SIGTERM');

    const broken = await cluster.audit();
    const twice = cluster.provider.mostCreations();
    report(`killed with ${tasks} in flight, ${database}: all followed again after ms`, followedMs, '15,000');
    report(
      `killed in flight, ${database}: the last ended after its deadline by ms`,
      lateMs,
      'a sweep: 1,000',
    );
    report(`killed in flight, ${database}: rules of the audit broken`, broken.length, 0);
    report(`killed in flight, ${database}: most submissions of one task`, twice, 1);
    expect({ broken, twice }).toEqual({ broken: [], twice: 1 });
  },
);
