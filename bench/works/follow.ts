/** How soon a client learns of a task's end, by webhooks and by polls, and the statements that a task costs. */
import { followTasks } from '../harness/follow.ts';
import { pause, startProcess } from '../harness/process.ts';
import { kinds, startProduct } from '../harness/product.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { rounds } from '../harness/rounds.ts';
import { startStatementCounter } from '../harness/statement-counter.ts';
import { percentile, type Row } from '../harness/verdict.ts';

/** A round of polling takes a minute. */
const pollingRounds = Math.min(rounds, 2);
const pollingTasks = Number(process.env['BENCH_POLLED_TASKS'] ?? 300);
const countedTasks = 20;
const idleMs = 3_000;
let made = 0;

/** Prompts of tasks that run for between the two, evenly spread, in milliseconds. */
const prompts = (count: number, leastMs: number, mostMs: number) =>
  Array.from({ length: count }, (_, index) => {
    made += 1;
    return `Task ${made} bench:${Math.round(leastMs + ((mostMs - leastMs) * index) / count)}`;
  });

interface Delays {
  p50: number[];
  p99: number[];
  lost: number;
}

/** Rows of the delays, with their goals in milliseconds. */
function delayRows(
  work: string,
  subject: string,
  { p50, p99, lost }: Delays,
  goals: [number, number],
): Row[] {
  return ([p50, p99] as const).map((values, index) => ({
    work,
    measure: `provider's end to client, ${index === 0 ? 'p50' : 'p99'} ms`,
    subject,
    values: lost > 0 ? [...values, Number.NaN] : values,
    goal: { bound: 'max', value: goals[index]! },
    details: `${lost} lost`,
  }));
}

async function startFollowed(
  opened: AsyncDisposableStack,
  kind: 'postgres' | 'pglite',
  hasWebhooks: boolean,
  isCounted = false,
) {
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const counter = await startStatementCounter(opened);
  const product = await startProduct(opened, {
    kind,
    env: providerEnvironment(provider.url, hasWebhooks),
    ...(isCounted && { databaseProxy: counter.address }),
  });
  return { counter, client: await followTasks(opened, product, provider) };
}

export async function measureWebhooks(outer: AsyncDisposableStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kind, name] of kinds) {
    await using opened = new AsyncDisposableStack();
    outer.defer(() => opened.disposeAsync());
    const { client } = await startFollowed(opened, kind, true);
    const paced: Delays = { p50: [], p99: [], lost: 0 };
    const burst: Delays = { p50: [], p99: [], lost: 0 };
    await client.run(prompts(40, 500, 1_000));
    for (let round = 0; round < rounds; round += 1)
      for (const [delays, count, perSecond] of [
        [paced, 40, 20],
        [burst, 300, Infinity],
      ] as const) {
        const { delaysMs, lost } = await client.run(prompts(count, 2_000, 3_000), { perSecond });
        delays.p50.push(percentile(delaysMs, 0.5));
        delays.p99.push(percentile(delaysMs, 0.99));
        delays.lost += lost;
      }
    rows.push(...delayRows('webhooks 40', name, paced, [10, 50]));
    rows.push(...delayRows('webhooks 300', name, burst, [40, 150]));
  }
  return rows;
}

export async function measurePolling(opened: AsyncDisposableStack): Promise<Row[]> {
  const { client } = await startFollowed(opened, 'postgres', false);
  const delays: Delays = { p50: [], p99: [], lost: 0 };
  for (let round = 0; round < pollingRounds; round += 1) {
    const { delaysMs, lost } = await client.run(prompts(pollingTasks, 20_000, 40_000), { withinMs: 100_000 });
    delays.p50.push(percentile(delaysMs, 0.5));
    delays.p99.push(percentile(delaysMs, 0.99));
    delays.lost += lost;
  }
  return delayRows('polling', 'Proofsheet', delays, [3_000, 6_000]);
}

export async function measureStatements(opened: AsyncDisposableStack): Promise<Row[]> {
  const { client, counter } = await startFollowed(opened, 'postgres', true, true);
  const counts: Record<string, number[]> = { '2 s': [], '10 s': [] };
  await client.run(prompts(countedTasks, 500, 500));
  for (let round = 0; round < rounds; round += 1) {
    let before = counter.statements();
    await pause(idleMs);
    const idlePerMs = (counter.statements() - before) / idleMs;
    for (const [name, runMs] of [
      ['2 s', 2_000],
      ['10 s', 10_000],
    ] as const) {
      before = counter.statements();
      const startedAt = performance.now();
      await client.run(prompts(countedTasks, runMs, runMs));
      const idle = idlePerMs * (performance.now() - startedAt);
      counts[name]!.push((counter.statements() - before - idle) / countedTasks);
    }
  }
  return Object.entries(counts).map(([name, values]) => ({
    work: 'statements',
    measure: `statements a task of ${name} by webhooks`,
    subject: 'Proofsheet',
    values,
    goal: { bound: 'max', value: 12 },
  }));
}
