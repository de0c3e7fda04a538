/** `npm run bench [work…]`: measures the product beside its peers and its limits. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeMachine, printRow, writeReport } from './harness/report.ts';
import { createOnce, type Scope, type Work } from './harness/scope.ts';
import { productRow, type Row, verdictOf } from './harness/verdict.ts';
import { measurePolling, measureStatements, measureWebhooks } from './works/follow.ts';
import { measureHistory } from './works/history.ts';
import { measureInstalled } from './works/installed.ts';
import { measureFanout, measureIdle, measureMemory, measureOwn } from './works/live.ts';
import { measureAccept, measureQuery, measureTask, measureViewer } from './works/requests.ts';
import { measureActive, measureNodes } from './works/running.ts';
import { measureRest, measureStart } from './works/start.ts';
import { measureSubscribers } from './works/subscribers.ts';
import { measureUpload } from './works/upload.ts';

/** Works that wait for tasks nearly all of their time: they run at the same time. */
const waiting = { polling: measurePolling, statements: measureStatements };
/** Every work by its name on the command line. The works of a group share servers. */
const groups: Record<string, Work>[] = [
  { query: measureQuery, viewer: measureViewer, task: measureTask, accept: measureAccept },
  { own: measureOwn, fanout: measureFanout, memory: measureMemory, idle: measureIdle },
  { subscribers: measureSubscribers },
  { webhooks: measureWebhooks },
  waiting,
  { active: measureActive },
  { nodes: measureNodes },
  { history: measureHistory },
  { upload: measureUpload },
  { start: measureStart },
  { rest: measureRest },
  { installed: measureInstalled },
];
const limitMs = Number(process.env['BENCH_LIMIT_MS'] ?? 180_000);

/** What is closed where the run is stopped. */
const open = new Set<AsyncDisposableStack>();
const close = async (stack: AsyncDisposableStack) => {
  open.delete(stack);
  await stack.disposeAsync();
};
const openStack = () => {
  const stack = new AsyncDisposableStack();
  open.add(stack);
  return stack;
};

/** The rows of a work; where it fails or takes too long, one that says why. Nothing of it runs on. */
async function measure(name: string, work: Work, shared: AsyncDisposableStack, once: Scope['once']) {
  const opened = openStack();
  const startedAt = performance.now();
  const abort = new AbortController();
  const limit = pause(limitMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`not measured within ${limitMs / 1000} s`);
  });
  const measured = await Promise.race([work({ opened, once }), limit]).catch(async (error: Error) => {
    // What fails because it is being stopped must not end the process before everything is removed.
    if (isStopped) await new Promise(() => {});
    console.error(error);
    await close(shared).catch(console.error); // Servers that are shared may be at fault.
    const failure = error.message.replaceAll(/\s+/g, ' ').slice(0, 200);
    return [productRow(name, 'every row', [], { failure })];
  });
  abort.abort();
  await close(opened).catch(console.error);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return measured.map((row): Row => ({ ...row, seconds }));
}

const names = process.argv.slice(2);
const known = groups.flatMap((group) => Object.keys(group));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. The works are ${known.join(', ')}.`);
  process.exit(1);
}
// The peers are not installed with the product.
if (process.env['BENCH_PEERS'] !== 'off' && !existsSync(path.join(import.meta.dirname, 'node_modules')))
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' });
const machine = describeMachine();
console.log(machine);
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isStopped = true;
    void Promise.allSettled([...open].map(close)).finally(() => process.exit(1));
  });
const rows: Row[] = [];
for (const group of groups) {
  let shared = openStack();
  let once = createOnce(shared);
  const run = async ([name, work]: [string, Work]) => {
    if (shared.disposed) once = createOnce((shared = openStack()));
    const measured = await measure(name, work, shared, once);
    measured.forEach(printRow);
    rows.push(...measured);
  };
  const works = Object.entries(group).filter(([name]) => names.length === 0 || names.includes(name));
  if (group === waiting) await Promise.all(works.map(run));
  else for (const work of works) await run(work);
  await close(shared);
}
if (rows.some((row) => verdictOf(row).startsWith('FAIL'))) process.exitCode = 1;
console.log(`Written to ${writeReport({ machine, rows })}`);
