/** Live updates: CPU and time of events over 1,000 sockets, and what 5,000 subscribed sockets cost that nothing happens to. */
import { Redis } from 'ioredis';
import { copyTasks } from '../harness/database.ts';
import { type BenchProcess, idleCpu, pause, redisUrl, startProcess } from '../harness/process.ts';
import { globalId, localId, type Product, startProduct, startProvider } from '../harness/product.ts';
import { fewRounds, interleave, ratios, rounds } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import type { EventsResult, OpenJob } from '../harness/socket-load.ts';
import { atMost, type Goal, median, percentile, productRow, type Row } from '../harness/verdict.ts';

const sockets = 1_000;
const restingSockets = Number(process.env['BENCH_SOCKETS'] ?? 5_000);
const firstSockets = 250;
const idleMs = 2_000;
const scripts = { ws: 'sockets', 'graphql-ws': 'yoga', mercurius: 'mercurius' };
const names = [...Object.keys(scripts), 'Proofsheet'];
const prompt = 'A red kite over dunes bench:hang';

/** A new client. Another process holds the sockets, so its memory does not count. */
const startClient = (opened: AsyncDisposableStack) =>
  startProcess(opened, 'bench/harness/socket-load.ts', { env: { REDIS_URL: redisUrl } });

/** The product with tasks that nothing happens to, and what starts a peer with the same; each gets its events over Redis. */
async function startLive(opened: AsyncDisposableStack) {
  const provider = await startProvider(opened);
  const prefix = `bench-${process.pid}`;
  const env = { WORKER_CONCURRENCY: '1', REDIS_URL: redisUrl, REDIS_PREFIX: prefix };
  const product = await startProduct(opened, { kind: 'postgres', provider, env });
  const token = await product.signUp();
  const task = await product.generate(token, prompt);
  const dueNever = `'dueAt', NULL, 'status', 'PENDING', 'operation', NULL, 'submittingAt', NULL`;
  const range: [number, number] = [1, Math.max(sockets, restingSockets + firstSockets) + 1];
  const tasks = await copyTasks(product.database!, localId(task.id), range, dueNever);
  const message = await readMessage(product, token, `${prefix}:tasks`);
  const channelOf = (name: string) => `${prefix}:tasks${name === 'Proofsheet' ? '' : `-${name}`}`;
  const startPeer = (stack: AsyncDisposableStack, name: string) => {
    const peerEnv = { CHANNEL: channelOf(name), REDIS_URL: redisUrl, TASK: JSON.stringify(task) };
    const script = scripts[name as keyof typeof scripts];
    return startProcess(stack, `bench/peers/${script}.ts`, { env: peerEnv });
  };
  return { product, token, tasks, message, channelOf, startPeer };
}

/** The message that the product's nodes exchange about a new task. */
async function readMessage(product: Product, token: string, channel: string): Promise<string> {
  const redis = new Redis(redisUrl);
  try {
    await redis.subscribe(channel);
    const message = new Promise<string>((resolve) =>
      redis.on('message', (_, text) => text.includes('"PENDING"') && resolve(text)),
    );
    await product.generate(token, prompt);
    return await Promise.race([message, pause(5_000).then(() => Promise.reject(new Error('No event came')))]);
  } finally {
    redis.disconnect();
  }
}

interface LiveWork {
  work: string;
  measure: string;
  figure: 'cpuMs' | 'p50Ms';
  job: { events: number; burst: number; frames: number };
  goal: Goal;
}

/** Each server has as many sockets, opened by a client of its own. */
async function measureLive({ opened, once }: Scope, isOwn: boolean, live: LiveWork): Promise<Row[]> {
  const { product, token, tasks, message, channelOf, startPeer } = await once(startLive);
  // The shared task is none of those with versions that `own` has raised.
  const topics = isOwn ? tasks.slice(0, sockets) : tasks.slice(-1);
  const open = async (name: string) => {
    const server = name === 'Proofsheet' ? product : await startPeer(opened, name);
    const client = await startClient(opened);
    const own = { token: name === 'Proofsheet' ? token : undefined };
    await client.call('open', {
      url: server.url,
      tasks: topics.map(globalId),
      sockets,
      ...own,
    } satisfies OpenJob);
    return { server, client };
  };
  const subjects: Record<string, Awaited<ReturnType<typeof open>>> = {};
  for (const name of names) subjects[name] = await open(name);
  const lost: Record<string, number> = {};
  const measured = await interleave(names, async (name) => {
    const { server, client } = subjects[name]!;
    const before = await server.call('cpuMs');
    const job = { channel: channelOf(name), message, tasks: topics, ...live.job };
    const result = await client.call<EventsResult>('events', job);
    lost[name] = (lost[name] ?? 0) + result.lost;
    const cpuMs = ((await server.call('cpuMs')) - before) / live.job.events;
    return { cpuMs, p50Ms: median(result.delaysMs), p99Ms: percentile(result.delaysMs, 0.99) };
  });
  return names.map((name) => {
    const middle = (of: 'cpuMs' | 'p50Ms' | 'p99Ms') => median(measured[name]!.map((figures) => figures[of]));
    return {
      work: live.work,
      measure: `${live.measure}, ws = 1`,
      subject: name,
      values: ratios(measured[name]!, measured['ws']!, live.figure),
      ...(name === 'Proofsheet' && { goal: live.goal }),
      details:
        `${Math.round(middle('cpuMs') * 1000)} µs CPU an event, p50 ${middle('p50Ms').toFixed(1)} ms, ` +
        `p99 ${middle('p99Ms').toFixed(1)} ms, ${lost[name]} lost`,
    };
  });
}

export const measureOwn = (scope: Scope): Promise<Row[]> =>
  measureLive(scope, true, {
    work: 'own',
    measure: 'CPU an event of a task with one subscriber',
    figure: 'cpuMs',
    job: { events: 500, burst: 10, frames: 500 },
    goal: atMost(1.5),
  });

export const measureFanout = (scope: Scope): Promise<Row[]> =>
  measureLive(scope, false, {
    work: 'fanout',
    measure: 'time to the last of 1,000 subscribers',
    figure: 'p50Ms',
    job: { events: 8, burst: 0, frames: 8 * sockets },
    goal: atMost(1.3),
  });

/** Bytes a socket, from the growth of the resident memory after the first sockets; the client keeps the sockets open. */
export async function measureBytes(server: BenchProcess, client: BenchProcess, job: Omit<OpenJob, 'url'>) {
  const url = { url: server.url };
  await client.call('open', {
    ...job,
    ...url,
    tasks: job.tasks.slice(0, firstSockets),
    sockets: firstSockets,
  });
  const before = await server.call('memoryBytes');
  await client.call('open', { ...job, ...url, tasks: job.tasks.slice(firstSockets) });
  return ((await server.call('memoryBytes')) - before) / job.sockets;
}

export async function measureMemory({ opened, once }: Scope): Promise<Row[]> {
  const { product, token, tasks, startPeer } = await once(startLive);
  const bytes: Record<string, number[]> = {};
  for (let round = 0; round < fewRounds; round += 1)
    // A process whose sockets were closed keeps their memory: each measurement has a new one.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      await using own = new AsyncDisposableStack();
      opened.defer(() => own.disposeAsync());
      const isProduct = name === 'Proofsheet';
      const server = isProduct ? (await product.restart()).server : await startPeer(own, name);
      const job = {
        tasks: tasks.map(globalId),
        sockets: restingSockets,
        token: isProduct ? token : undefined,
      };
      (bytes[name] ??= []).push(await measureBytes(server, await startClient(own), job));
    }
  return names.map((name) => ({
    work: 'memory',
    measure: `memory a subscribed socket, ${restingSockets} open, ws = 1`,
    subject: name,
    values: bytes[name]!.map((each, round) => each / bytes['ws']![round]!),
    ...(name === 'Proofsheet' && { goal: atMost(1.5) }),
    details: `${(median(bytes[name]!) / 1024).toFixed(1)} KiB`,
  }));
}

export async function measureIdle({ opened, once }: Scope): Promise<Row[]> {
  const { product, token, tasks } = await once(startLive);
  const { server } = await product.restart();
  const client = await startClient(opened);
  const job = { url: server.url, tasks: tasks.map(globalId), sockets: restingSockets, token };
  await client.call('open', job satisfies OpenJob);
  await pause(2_000);
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) values.push(await idleCpu(server, idleMs));
  const measure = `CPU ms a second, ${restingSockets} idle subscribers`;
  return [productRow('idle', measure, values, { goal: atMost(10) })];
}
