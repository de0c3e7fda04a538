/** How soon it serves, and what it takes at rest: memory of the process and its children, and CPU time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { idleCpu, pause, residentMb, root, samplePeakMb } from '../harness/process.ts';
import { kinds, startProduct } from '../harness/product.ts';
import { fewRounds } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import { atMost, productRow, type Row } from '../harness/verdict.ts';

const settleMs = 4_000;
const idleMs = 3_000;
const goals = {
  postgres: { startMs: 1_500, restMb: 180, idleCpu: 5 },
  pglite: { startMs: 2_000, restMb: 350, idleCpu: 10 },
};

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

export async function measureStart({ opened }: Scope): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  await npmStartMs(folder);
  const unchanged: number[] = [];
  for (let round = 0; round < fewRounds; round += 1) unchanged.push(await npmStartMs(folder));
  const rows = [productRow('start', 'ms of npm start, unchanged', unchanged, { goal: atMost(3_000) })];
  for (const [kind, name] of kinds) {
    await using own = new AsyncDisposableStack();
    opened.defer(() => own.disposeAsync());
    const product = await startProduct(own, { kind });
    const values: number[] = [];
    for (let round = 0; round < fewRounds; round += 1) values.push((await product.restart()).tookMs);
    const more = { subject: name, goal: atMost(goals[kind].startMs) };
    rows.push(productRow('start', 'ms of server/main.ts until it serves', values, more));
  }
  return rows;
}

/** With both databases at the same time: none takes a core. */
export async function measureRest({ opened }: Scope): Promise<Row[]> {
  const rows = kinds.map(async ([kind, name]) => {
    const [restMb, peakMb, cpu] = [[] as number[], [] as number[], [] as number[]];
    for (let round = 0; round < fewRounds; round += 1) {
      await using own = new AsyncDisposableStack();
      opened.defer(() => own.disposeAsync());
      let pid: number | undefined;
      const stopPeak = samplePeakMb(() => pid);
      const product = await startProduct(own, { kind, onSpawn: (spawned) => (pid = spawned) }).finally(
        stopPeak,
      );
      peakMb.push(stopPeak());
      await pause(settleMs);
      restMb.push(residentMb(product.pid));
      cpu.push(await idleCpu(product, idleMs));
    }
    const row = (measure: string, values: number[], most: number) =>
      productRow('rest', measure, values, { subject: name, goal: atMost(most) });
    return [
      row('MB at rest', restMb, goals[kind].restMb),
      row('MB at most in the first start', peakMb, 500),
      row('CPU ms a second at rest', cpu, goals[kind].idleCpu),
    ];
  });
  return (await Promise.all(rows)).flat();
}
