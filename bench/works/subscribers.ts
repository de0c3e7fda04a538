/** 10,000 sockets of a user on one node: memory of each, and how soon all have a new task of this and of another node. */
import { pause, redisUrl, startProcess } from '../harness/process.ts';
import { startProduct, startProvider } from '../harness/product.ts';
import { rounds } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import type { EventsResult } from '../harness/socket-load.ts';
import { percentile, productRow, type Row } from '../harness/verdict.ts';
import { measureBytes } from './live.ts';

const sockets = Number(process.env['BENCH_SUBSCRIBERS'] ?? 10_000);

export async function measureSubscribers({ opened }: Scope): Promise<Row[]> {
  const provider = await startProvider(opened);
  const env = {
    WORKER_CONCURRENCY: '1',
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `bench-subscribers-${process.pid}`,
  };
  const node = await startProduct(opened, { kind: 'postgres', provider, env });
  const other = await startProduct(opened, { kind: 'postgres', provider, env, database: node.database });
  const token = await node.signUp();
  const client = await startProcess(opened, 'bench/harness/socket-load.ts');
  const bytes = await measureBytes(node, client, { tasks: [], sockets, token });
  const figures: Record<string, number[]> = {};
  let lost = 0;
  /** Each node submits its first task for ever, so that the following ones have one event: the write. */
  for (let round = -2; round < rounds; round += 1)
    for (const [name, creator] of Object.entries({ 'the same node': node, 'another node': other })) {
      const prompt = `Task ${round} of ${name} bench:hang`;
      const received = client.call<EventsResult>('accepted', { prompt });
      await creator.generate(token, prompt);
      const result = await received;
      await pause(200);
      if (round < 0) continue;
      lost += result.lost;
      for (const [share, part] of [
        [0.5, 'p50'],
        [0.99, 'p99'],
        [1, 'the last'],
      ] as const) {
        const value = result.lost > 0 ? Number.NaN : percentile(result.delaysMs, share);
        (figures[`write on ${name} to subscriber, ${part}, ms`] ??= []).push(value);
      }
    }
  const work = `subscribers ${sockets}`;
  return [
    productRow(work, 'KiB a subscribed socket', [bytes / 1024]),
    ...Object.entries(figures).map(([measure, values]) =>
      productRow(work, measure, values, { details: `${lost} lost` }),
    ),
  ];
}
