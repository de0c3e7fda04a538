/** How soon it serves, and what it takes at rest: memory of the process and its children, and CPU time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pause, residentBytes, root } from '../harness/process.ts';
import { kinds, startProduct } from '../harness/product.ts';
import { rounds } from '../harness/rounds.ts';
import { type Goal, type Row } from '../harness/verdict.ts';

const settleMs = 4_000;
const idleMs = 4_000;
const sampleMs = 50;
const goals = {
  postgres: { startMs: 1_500, restMb: 180, idleCpu: 5 },
  pglite: { startMs: 2_000, restMb: 350, idleCpu: 10 },
};
const peakMb = 500;

/** Milliseconds from `npm start` until it serves. */
async function npmStartMs(dataDir: string): Promise<number> {
  const startedAt = performance.now();
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dataDir, PORT: '0' };
  const child = spawn('npm', ['start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const kill = () => process.kill(-child.pid!, 'SIGTERM');
  process.once('exit', kill);
  const closed = once(child, 'close');
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += text;
    if (output.includes('Proofsheet serves at')) break;
  }
  const tookMs = performance.now() - startedAt;
  child.stdout.resume();
  process.off('exit', kill);
  if (child.exitCode !== null) throw new Error(`npm start ended: ${output}`);
  kill();
  await closed;
  return tookMs;
}

const row = (work: string, measure: string, subject: string, values: number[], goal: Goal['value']): Row => ({
  work,
  measure,
  subject,
  values,
  goal: { bound: 'max', value: goal },
});

export async function measureStart(opened: AsyncDisposableStack): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  await npmStartMs(folder);
  const unchanged: number[] = [];
  for (let round = 0; round < rounds; round += 1) unchanged.push(await npmStartMs(folder));
  const rows = [row('start', 'ms of npm start, unchanged', 'Proofsheet', unchanged, 3_000)];
  for (const [kind, name] of kinds) {
    await using own = new AsyncDisposableStack();
    opened.defer(() => own.disposeAsync());
    const product = await startProduct(own, { kind });
    const values: number[] = [];
    for (let round = 0; round < rounds; round += 1) values.push(await product.restart());
    rows.push(row('start', 'ms of server/main.ts until it serves', name, values, goals[kind].startMs));
  }
  return rows;
}

/** Takes the most of a process and its children until it is stopped. */
function samplePeak(pid: () => number | undefined) {
  let peakBytes = 0;
  const timer = setInterval(() => {
    const found = pid();
    if (found !== undefined) peakBytes = Math.max(peakBytes, residentBytes(found));
  }, sampleMs);
  return () => {
    clearInterval(timer);
    return peakBytes;
  };
}

export async function measureRest(outer: AsyncDisposableStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kind, name] of kinds) {
    const figures = { restMb: [] as number[], peakMb: [] as number[], idleCpu: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      await using own = new AsyncDisposableStack();
      outer.defer(() => own.disposeAsync());
      let pid: number | undefined;
      const stopPeak = samplePeak(() => pid);
      const product = await startProduct(own, { kind, onSpawn: (spawned) => (pid = spawned) });
      figures.peakMb.push(stopPeak() / 1e6);
      await pause(settleMs);
      figures.restMb.push(residentBytes(product.pid) / 1e6);
      const before = await product.cpuMs();
      await pause(idleMs);
      figures.idleCpu.push(((await product.cpuMs()) - before) / (idleMs / 1000));
    }
    rows.push(row('rest', 'MB at rest', name, figures.restMb, goals[kind].restMb));
    rows.push(row('rest', 'MB at most in the first start', name, figures.peakMb, peakMb));
    rows.push(row('rest', 'CPU ms a second at rest', name, figures.idleCpu, goals[kind].idleCpu));
  }
  return rows;
}
