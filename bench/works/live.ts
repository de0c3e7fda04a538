/** Live updates over 1,000 sockets: CPU an event where each socket has its own task, and the time to the last of one task's. */
import { Redis } from 'ioredis';
import { pause, type BenchProcess, startProcess } from '../harness/process.ts';
import {
  copyTasks,
  generateDocument,
  generateVariables,
  globalId,
  localId,
  type Product,
  startProduct,
} from '../harness/product.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { interleave, ratios } from '../harness/rounds.ts';
import type { EventsJob, EventsResult, OpenJob } from '../harness/socket-load.ts';
import { median, percentile, type Goal, type Row } from '../harness/verdict.ts';

const sockets = 1_000;
export const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

export interface LiveSubject {
  name: string;
  server: BenchProcess;
  token?: string;
  channel: string;
}

/** The product with tasks that nothing happens to, and the peers with the same; each gets its events over Redis. */
export async function startLive(opened: AsyncDisposableStack, options: { tasks: number; hasRedis: boolean }) {
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const prefix = `bench-${process.pid}`;
  const product = await startProduct(opened, {
    kind: 'postgres',
    env: {
      ...providerEnvironment(provider.url),
      WORKER_CONCURRENCY: '1',
      ...(options.hasRedis && { REDIS_URL: redisUrl, REDIS_PREFIX: prefix }),
    },
  });
  const token = await product.signUp();
  const task = await acceptTask(product, token);
  const dueNever = `'dueAt', NULL, 'status', 'PENDING', 'operation', NULL, 'submittingAt', NULL`;
  const tasks = await copyTasks(product.database!, localId(task.id), options.tasks, dueNever);
  const message = options.hasRedis ? await readMessage(product, token, prefix) : '{}';
  return { product, token, tasks, message, task, channel: `${prefix}:tasks` };
}

async function acceptTask(product: Product, token: string) {
  type Data = { generateImage: { task: { id: string } } };
  const variables = generateVariables('A red kite over dunes bench:hang');
  return (await product.ask<Data>(token, generateDocument, variables)).generateImage.task;
}

/** The message that the product's nodes exchange about a new task. */
async function readMessage(product: Product, token: string, prefix: string): Promise<string> {
  const redis = new Redis(redisUrl);
  try {
    const channel = `${prefix}:tasks`;
    await redis.subscribe(channel);
    const message = new Promise<string>((resolve) =>
      redis.on('message', (_, text) => text.includes('"PENDING"') && resolve(text)),
    );
    await acceptTask(product, token);
    return await Promise.race([message, pause(5_000).then(() => Promise.reject(new Error('No event came')))]);
  } finally {
    redis.disconnect();
  }
}

/** Servers with as many sockets each, opened by a client of their own, whose figures `measure` takes in rounds. */
async function startSubjects(opened: AsyncDisposableStack, tasksPerSocket: number) {
  const { product, token, tasks, message, task, channel } = await startLive(opened, {
    tasks: sockets,
    hasRedis: true,
  });
  const env = { CHANNEL: channel, REDIS_URL: redisUrl, TASK: JSON.stringify(task) };
  const subjects: (LiveSubject & { client: BenchProcess })[] = [];
  const scripts = { ws: 'sockets', 'graphql-ws': 'yoga', mercurius: 'mercurius' };
  const start = async (name: string, server: BenchProcess, own: { token?: string; channel: string }) => {
    const client = await startProcess('bench/harness/socket-load.ts', { env: { REDIS_URL: redisUrl } });
    opened.defer(() => client.stop());
    const topics = tasks.slice(0, tasksPerSocket * sockets || 1);
    const job: OpenJob = { url: server.url, tasks: topics.map(globalId), sockets, ...own };
    await client.call('open', job);
    subjects.push({ name, server, client, ...own });
  };
  for (const [name, script] of Object.entries(scripts)) {
    const own = { channel: `${channel}-${script}` };
    const server = await startProcess(`bench/peers/${script}.ts`, { env: { ...env, CHANNEL: own.channel } });
    opened.defer(() => server.stop());
    await start(name, server, own);
  }
  await start('Proofsheet', product, { token, channel });
  return { subjects, tasks, message };
}

interface LiveWork {
  work: string;
  measure: string;
  figure: 'cpuMs' | 'p50Ms';
  job: Pick<EventsJob, 'events' | 'burst' | 'frames'>;
  goal: Goal;
}

async function measureLive(opened: AsyncDisposableStack, isOwn: boolean, work: LiveWork): Promise<Row[]> {
  const { subjects, tasks, message } = await startSubjects(opened, isOwn ? 1 : 0);
  let lost: Record<string, number> = {};
  const measured = await interleave(
    subjects.map(({ name }) => name),
    async (name) => {
      const { server, client, channel } = subjects.find((subject) => subject.name === name)!;
      const before = await server.cpuMs();
      const job: EventsJob = { channel, message, tasks: isOwn ? tasks : tasks.slice(0, 1), ...work.job };
      const result = await client.call<EventsResult>('events', job);
      lost = { ...lost, [name]: (lost[name] ?? 0) + result.lost };
      const cpuMs = ((await server.cpuMs()) - before) / work.job.events;
      return { cpuMs, p50Ms: median(result.delaysMs), p99Ms: percentile(result.delaysMs, 0.99) };
    },
  );
  return Object.entries(measured).map(([subject, figures]) => ({
    work: work.work,
    measure: `${work.measure}, ws = 1`,
    subject,
    values: ratios(figures, measured['ws']!, work.figure),
    ...(subject === 'Proofsheet' && { goal: work.goal }),
    details:
      `${Math.round(median(figures.map(({ cpuMs }) => cpuMs)) * 1000)} µs CPU an event, ` +
      `p50 ${median(figures.map(({ p50Ms }) => p50Ms)).toFixed(1)} ms, ` +
      `p99 ${median(figures.map(({ p99Ms }) => p99Ms)).toFixed(1)} ms, ${lost[subject]} lost`,
  }));
}

export const measureOwn = (opened: AsyncDisposableStack): Promise<Row[]> =>
  measureLive(opened, true, {
    work: 'own',
    measure: 'CPU an event of a task with one subscriber',
    figure: 'cpuMs',
    job: { events: 1_000, burst: 10, frames: 1_000 },
    goal: { bound: 'max', value: 1.5 },
  });

export const measureFanout = (opened: AsyncDisposableStack): Promise<Row[]> =>
  measureLive(opened, false, {
    work: 'fanout',
    measure: 'time to the last of 1,000 subscribers',
    figure: 'p50Ms',
    job: { events: 8, burst: 0, frames: 8 * sockets },
    goal: { bound: 'max', value: 1.3 },
  });
