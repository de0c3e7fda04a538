/** A node with many running tasks: statements a second, how late the tasks are looked at, and how soon a new one is submitted. */
import { followTasks } from '../harness/follow.ts';
import { pause, startProcess } from '../harness/process.ts';
import { copyTasks, generateDocument, generateVariables, localId, startProduct } from '../harness/product.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { rounds } from '../harness/rounds.ts';
import { startStatementCounter } from '../harness/statement-counter.ts';
import type { Row } from '../harness/verdict.ts';

const counts = (process.env['BENCH_ACTIVE'] ?? '2000,10000').split(',').map(Number);
const windowMs = 4_000;
const sampleMs = 500;
const settleMs = 10_000;

const lateness = `SELECT coalesce(max(extract(epoch FROM now() - "dueAt")), 0)::float8 AS "seconds" FROM "Task"
  WHERE "dueAt" < now() AND ("leaseExpiresAt" IS NULL OR "leaseExpiresAt" < now())`;

async function measureCount(opened: AsyncDisposableStack, count: number): Promise<Row[]> {
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const counter = await startStatementCounter(opened);
  const product = await startProduct(opened, {
    kind: 'postgres',
    env: providerEnvironment(provider.url),
    databaseProxy: counter.address,
  });
  const client = await followTasks(opened, product, provider);
  const { query } = product.database!;
  const token = await product.signUp();
  const variables = generateVariables('A red kite over dunes bench:never');
  type Data = { generateImage: { task: { id: string } } };
  const { generateImage } = await product.ask<Data>(token, generateDocument, variables);
  const id = localId(generateImage.task.id);
  const isRunning = `SELECT 1 FROM "Task" WHERE "id" = $1 AND "status" = 'PROCESSING' AND "operation" IS NOT NULL`;
  while ((await query(isRunning, [id])).length === 0) await pause(100);
  const own = `'externalId', 'bench' || n, 'operation', jsonb_build_object('id', 'bench' || n),
    'dueAt', now() + n % 5000 * interval '1 millisecond'`;
  await copyTasks(product.database!, id, count, own);
  await query('ANALYZE "Task"');
  await pause(settleMs);

  const figures = { statements: [] as number[], late: [] as number[], submission: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const [before, startedAt] = [counter.statements(), performance.now()];
    let latest = 0;
    while (performance.now() - startedAt < windowMs) {
      await pause(sampleMs);
      const [row] = await query<{ seconds: number }>(lateness);
      latest = Math.max(latest, row!.seconds);
    }
    figures.statements.push(((counter.statements() - before) / (performance.now() - startedAt)) * 1000);
    figures.late.push(latest);
    figures.submission.push((await client.submissionMs(`New ${count} ${round} bench:never`)) / 1000);
  }
  const row = (measure: string, values: number[], value: number): Row => ({
    work: `active ${count}`,
    measure,
    subject: 'Proofsheet',
    values,
    goal: { bound: 'max', value },
  });
  return [
    row('statements a second', figures.statements, 200),
    row('s late', figures.late, 0.5),
    row('s until a new task is submitted', figures.submission, 0.3),
  ];
}

export async function measureActive(outer: AsyncDisposableStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) {
    await using opened = new AsyncDisposableStack();
    outer.defer(() => opened.disposeAsync());
    rows.push(...(await measureCount(opened, count)));
  }
  return rows;
}
