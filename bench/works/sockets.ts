/** 5,000 subscribed sockets, on tasks of their own that nothing happens to: memory of each, and CPU time while they are idle. */
import { type BenchProcess, pause, startProcess } from '../harness/process.ts';
import { globalId } from '../harness/product.ts';
import { rounds } from '../harness/rounds.ts';
import type { OpenJob } from '../harness/socket-load.ts';
import { median, type Row } from '../harness/verdict.ts';
import { startLive } from './live.ts';

const sockets = Number(process.env['BENCH_SOCKETS'] ?? 5_000);
const firstSockets = 250;
const idleMs = 5_000;
const scripts = { ws: 'sockets', 'graphql-ws': 'yoga', mercurius: 'mercurius' };

/** Opens the sockets of a client of its own. Another process holds them, so its memory does not count. */
async function openSockets(server: BenchProcess, jobs: OpenJob[], between: () => Promise<unknown>) {
  const client = await startProcess('bench/harness/socket-load.ts');
  for (const job of jobs) {
    await client.call('open', job);
    await between();
  }
  return client;
}

/** Bytes a socket, from the growth of the resident memory after the first sockets. */
async function measureBytes(server: BenchProcess, tasks: string[], token?: string): Promise<number> {
  const ids = tasks.map(globalId);
  const job = { url: server.url, ...(token && { token }) };
  const bytes: number[] = [];
  const jobs = [
    { ...job, tasks: ids.slice(0, firstSockets), sockets: firstSockets },
    { ...job, tasks: ids.slice(firstSockets), sockets },
  ];
  const client = await openSockets(server, jobs, async () => bytes.push(await server.memoryBytes()));
  await client.stop();
  return (bytes[1]! - bytes[0]!) / sockets;
}

export async function measureMemory(outer: AsyncDisposableStack): Promise<Row[]> {
  const bytes: Record<string, number[]> = { ws: [], Proofsheet: [], 'graphql-ws': [], mercurius: [] };
  for (let round = 0; round < rounds; round += 1) {
    const subjects = Object.keys(bytes);
    // A process whose sockets were closed keeps their memory: each measurement has a new one.
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      await using own = new AsyncDisposableStack();
      outer.defer(() => own.disposeAsync());
      if (subject === 'Proofsheet') {
        const { product, token, tasks } = await startLive(own, {
          tasks: sockets + firstSockets,
          hasRedis: false,
        });
        bytes[subject]!.push(await measureBytes(product, tasks, token));
        continue;
      }
      const script = scripts[subject as keyof typeof scripts];
      const env = {
        TASK: JSON.stringify({ version: 1, status: 'PENDING', prompt: 'A red kite', costCredits: 2 }),
      };
      const server = await startProcess(`bench/peers/${script}.ts`, { env });
      own.defer(() => server.stop());
      const tasks = Array.from({ length: sockets + firstSockets }, (_, n) => `task-${n}`);
      bytes[subject]!.push(await measureBytes(server, tasks));
    }
  }
  return Object.entries(bytes).map(([subject, values]) => ({
    work: 'memory',
    measure: `memory a subscribed socket, ${sockets} open, ws = 1`,
    subject,
    values: values.map((each, round) => each / bytes['ws']![round]!),
    ...(subject === 'Proofsheet' && { goal: { bound: 'max', value: 1.5 } as const }),
    details: `${(median(values) / 1024).toFixed(1)} KiB`,
  }));
}

export async function measureIdle(opened: AsyncDisposableStack): Promise<Row[]> {
  const { product, token, tasks } = await startLive(opened, { tasks: sockets, hasRedis: false });
  const job: OpenJob = { url: product.url, tasks: tasks.map(globalId), sockets, token };
  const client = await openSockets(product, [job], () => pause(2_000));
  opened.defer(() => client.stop());
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await product.cpuMs();
    const startedAt = performance.now();
    await pause(idleMs);
    values.push(((await product.cpuMs()) - before) / ((performance.now() - startedAt) / 1000));
  }
  return [
    {
      work: 'idle',
      measure: `CPU ms a second, ${sockets} idle subscribers`,
      subject: 'Proofsheet',
      values,
      goal: { bound: 'max', value: 10 },
    },
  ];
}
