/** How soon a client learns of a task's end, by webhooks and by polls, and the statements that a task costs. */
import { followTasks } from '../harness/follow.ts';
import { pause } from '../harness/process.ts';
import { type DatabaseKind, kinds, startProduct, startProvider } from '../harness/product.ts';
import { fewRounds } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import { atMost, percentile, productRow, type Row } from '../harness/verdict.ts';

const polledTasks = Number(process.env['BENCH_POLLED_TASKS'] ?? 300);
const countedTasks = 20;
const idleMs = 3_000;
let made = 0;

/** Prompts of tasks that run for between the two, evenly spread, in milliseconds. */
const prompts = (count: number, leastMs: number, mostMs: number) =>
  Array.from({ length: count }, (_, index) => {
    made += 1;
    return `Task ${made} bench:${Math.round(leastMs + ((mostMs - leastMs) * index) / count)}`;
  });

async function start(opened: AsyncDisposableStack, kind: DatabaseKind, hasWebhooks: boolean) {
  const provider = await startProvider(opened);
  const product = await startProduct(opened, { kind, provider, hasWebhooks });
  return { product, client: await followTasks(opened, product, provider) };
}

type Client = Awaited<ReturnType<typeof start>>['client'];

/** Rows for p50 and p99 of the delays of runs. */
function collect(work: string, subject: string, goals: [number, number]) {
  const [p50, p99] = [[] as number[], [] as number[]];
  let lost = 0;
  return {
    add(run: Awaited<ReturnType<Client['run']>>) {
      p50.push(run.lost > 0 ? Number.NaN : percentile(run.delaysMs, 0.5));
      p99.push(run.lost > 0 ? Number.NaN : percentile(run.delaysMs, 0.99));
      lost += run.lost;
    },
    rows: (): Row[] =>
      [p50, p99].map((values, index) => {
        const measure = `provider's end to client, ${index === 0 ? 'p50' : 'p99'} ms`;
        return productRow(work, measure, values, {
          subject,
          goal: atMost(goals[index]!),
          details: `${lost} lost`,
        });
      }),
  };
}

export async function measureWebhooks({ opened }: Scope): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kind, name] of kinds) {
    const { client } = await start(opened, kind, true);
    const paced = collect('webhooks 40', name, [10, 50]);
    const burst = collect('webhooks 300', name, [40, 150]);
    await client.run(prompts(40, 500, 1_000));
    for (let round = 0; round < fewRounds; round += 1) {
      paced.add(await client.run(prompts(40, 2_000, 3_000), { perSecond: 20 }));
      burst.add(await client.run(prompts(300, 2_000, 3_000)));
    }
    rows.push(...paced.rows(), ...burst.rows());
  }
  return rows;
}

/** One round: it takes a minute, and has 300 values. */
export async function measurePolling({ opened }: Scope): Promise<Row[]> {
  const { client } = await start(opened, 'postgres', false);
  const delays = collect('polling', 'Proofsheet', [3_000, 6_000]);
  delays.add(await client.run(prompts(polledTasks, 20_000, 40_000), { withinMs: 100_000 }));
  return delays.rows();
}

export async function measureStatements({ opened }: Scope): Promise<Row[]> {
  const { client, product } = await start(opened, 'postgres', true);
  await client.run(prompts(countedTasks, 500, 500));
  let before = await product.call('statements');
  await pause(idleMs);
  const idlePerMs = ((await product.call('statements')) - before) / idleMs;
  const counts: Record<number, number[]> = { 2: [], 10: [] };
  for (let round = 0; round < fewRounds; round += 1)
    for (const [seconds, values] of Object.entries(counts)) {
      before = await product.call('statements');
      const startedAt = performance.now();
      await client.run(prompts(countedTasks, Number(seconds) * 1000, Number(seconds) * 1000));
      const idle = idlePerMs * (performance.now() - startedAt);
      values.push(((await product.call('statements')) - before - idle) / countedTasks);
    }
  return Object.entries(counts).map(([seconds, values]) =>
    productRow('statements', `statements a task of ${seconds} s by webhooks`, values, { goal: atMost(12) }),
  );
}
