/** `npm run bench [work…]`: measures the product beside its peers and its limits. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, printRow, writeReport } from './harness/report.ts';
import { type Row, verdictOf } from './harness/verdict.ts';
import { works } from './works.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(works, name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. The works are ${Object.keys(works).join(', ')}.`);
  process.exit(1);
}
// The peers are not installed with the product.
if (process.env['BENCH_PEERS'] !== 'off' && !existsSync(path.join(import.meta.dirname, 'node_modules')))
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' });
const machine = describeMachine();
console.log(machine);
const rows: Row[] = [];
let current: AsyncDisposableStack | undefined;
let stopped: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => (stopped ??= current?.disposeAsync().finally(() => process.exit(1))));
for (const [name, measure] of Object.entries(works)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await using opened = new AsyncDisposableStack();
  current = opened;
  const startedAt = performance.now();
  // What fails because it is being stopped must not end the process before everything is removed.
  const measured = await measure(opened).catch(async (error: unknown) => {
    await stopped;
    throw error;
  });
  measured.forEach(printRow);
  rows.push(...measured);
  console.log(`${name} took ${Math.round((performance.now() - startedAt) / 1000)} s`);
}
const failed = rows.filter(({ values, goal }) => goal && verdictOf(values, goal) === 'FAIL');
if (failed.length > 0) process.exitCode = 1;
console.log(`Written to ${writeReport({ machine, rows })}`);
