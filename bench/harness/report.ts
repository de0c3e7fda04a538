/** What a run says: the machine, a line for each row, and a JSON file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { drawPlot } from './plot.ts';
import { root } from './process.ts';
import { rounds, sliceMs } from './rounds.ts';
import { formatRange, type Row, verdictOf } from './verdict.ts';

export interface Report {
  machine: ReturnType<typeof describeMachine>;
  rows: Row[];
}

/** What makes up the product. */
const measured = ['server', 'client', 'sandbox', 'prisma', 'package-lock.json'];

export function describeMachine() {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'bench/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return {
    date: new Date().toISOString(),
    commit:
      git('log', '-1', '--format=%h', '--', ...measured) +
      (git('status', '--porcelain', ...measured) && ' changed'),
    cpu: `${availableParallelism()} × ${cpus()[0]?.model}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    peers: dependencies,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    rounds,
    sliceMs,
    planted: Number(process.env['BENCH_PLANT'] ?? 0) > 0,
  };
}

export function printRow({ work, measure, subject, values, goal, details }: Row): void {
  const sign = goal?.bound === 'max' ? '≤' : '≥';
  const against = goal ? ` goal ${sign} ${goal.value}  ${verdictOf(values, goal)}` : '';
  const name = `${work.padEnd(10)} ${subject.padEnd(22)}`;
  console.log(`${name} ${measure}: ${formatRange(values)}${against}${details ? `  (${details})` : ''}`);
}

/**
 * Writes `report.json` and `plot.svg` in the folder BENCH_REPORT. Rows of other works of the same commit stay.
 * @returns the path of the report
 */
export function writeReport({ machine, rows }: Report): string {
  const folder = path.resolve(root, process.env['BENCH_REPORT'] ?? 'dist/bench');
  const file = path.join(folder, 'report.json');
  mkdirSync(folder, { recursive: true });
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
  const works = new Set(rows.map(({ work }) => work));
  const isSameCommit =
    before?.machine.commit === machine.commit && before.machine.planted === machine.planted;
  const kept = isSameCommit ? before.rows.filter(({ work }) => !works.has(work)) : [];
  const report = { machine, rows: [...kept, ...rows] };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(folder, 'plot.svg'), drawPlot(report.rows, `Proofsheet ${machine.commit}`));
  return file;
}
