/** Nodes with many running tasks: statements a second, how late tasks are looked at, and how soon a new one is submitted. */
import { copyTasks } from '../harness/database.ts';
import { followTasks } from '../harness/follow.ts';
import { pause, redisUrl, until } from '../harness/process.ts';
import { localId, startProduct, startProvider } from '../harness/product.ts';
import { fewRounds } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import { atMost, productRow, type Row } from '../harness/verdict.ts';

const counts = (process.env['BENCH_ACTIVE'] ?? '2000,10000').split(',').map(Number);
const windowMs = 4_000;
const sampleMs = 500;
const settleMs = 10_000;

const lateness = `SELECT coalesce(max(extract(epoch FROM now() - "dueAt")), 0)::float8 AS "seconds" FROM "Task"
  WHERE "dueAt" < now() AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())`;
const isRunning = `SELECT 1 FROM "Task" WHERE "id" = $1 AND "status" = 'PROCESSING' AND "operation" IS NOT NULL`;

interface Step {
  work: string;
  nodes: number;
  tasks: number;
}

/** The steps come one after the other on the same database: each adds nodes to the one before, and has new tasks. */
async function measureSteps(opened: AsyncDisposableStack, steps: Step[], env: Record<string, string>) {
  const provider = await startProvider(opened);
  const first = await startProduct(opened, { kind: 'postgres', provider, env });
  const database = first.database!;
  const nodes = [first];
  const client = await followTasks(opened, first, provider);
  const { id: newId } = await first.generate(await first.signUp(), 'A red kite over dunes bench:never');
  const id = localId(newId);
  await until(async () => (await database.query(isRunning, [id]))[0]);
  const changes = `'externalId', 'bench' || n, 'operation', jsonb_build_object('id', 'bench' || n),
    'createdAt', now(), 'startedAt', now(), 'dueAt', now() + n % 5000 * interval '1 millisecond'`;
  const statements = async () => {
    const all = await Promise.all(nodes.map((node) => node.call('statements')));
    return all.reduce((sum, each) => sum + each);
  };
  const rows: Row[] = [];
  let copied = 0;
  for (const { work, nodes: nodeCount, tasks } of steps) {
    while (nodes.length < nodeCount)
      nodes.push(await startProduct(opened, { kind: 'postgres', database, provider, env }));
    // Tasks of another age are polled at another pace.
    await database.query(`DELETE FROM "Task" WHERE "externalId" LIKE 'bench%'`);
    await copyTasks(database, id, [copied + 1, copied + tasks], changes);
    copied += tasks;
    await database.query('VACUUM ANALYZE "Task"');
    await statements();
    await pause(settleMs);
    const figures = { statements: [] as number[], late: [] as number[], submission: [] as number[] };
    for (let round = 0; round < fewRounds; round += 1) {
      const [before, startedAt] = [await statements(), performance.now()];
      let latest = 0;
      while (performance.now() - startedAt < windowMs) {
        await pause(sampleMs);
        const [row] = await database.query<{ seconds: number }>(lateness);
        latest = Math.max(latest, row!.seconds);
      }
      figures.statements.push((((await statements()) - before) / (performance.now() - startedAt)) * 1000);
      figures.late.push(latest);
      figures.submission.push((await client.submissionMs(`New ${work} ${round} bench:never`)) / 1000);
    }
    rows.push(
      productRow(work, 'statements a second', figures.statements, { goal: atMost(200) }),
      productRow(work, 's late', figures.late, { goal: atMost(0.5) }),
      productRow(work, 's until a new task is submitted', figures.submission, { goal: atMost(0.3) }),
    );
  }
  return rows;
}

export const measureActive = ({ opened }: Scope): Promise<Row[]> =>
  measureSteps(
    opened,
    counts.map((tasks) => ({ work: `active ${tasks}`, nodes: 1, tasks })),
    {},
  );

/** One node and three, with the same tasks, PostgreSQL and Redis. */
export const measureNodes = ({ opened }: Scope): Promise<Row[]> =>
  measureSteps(
    opened,
    [1, 3].map((nodes) => ({ work: `nodes ${nodes}`, nodes, tasks: Math.max(...counts) })),
    { REDIS_URL: redisUrl, REDIS_PREFIX: `bench-nodes-${process.pid}` },
  );
