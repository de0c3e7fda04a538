/** What a run says: the machine, a line for each row, and a JSON file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { root } from './process.ts';
import { rounds, sliceMs } from './rounds.ts';
import { formatRange, type Row, verdictOf } from './verdict.ts';

export interface Report {
  machine: ReturnType<typeof describeMachine>;
  rows: Row[];
}

export function describeMachine() {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'bench/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return {
    date: new Date().toISOString(),
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'server', 'client') && ' changed'),
    cpu: `${availableParallelism()} × ${cpus()[0]?.model}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    peers: dependencies,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    rounds,
    sliceMs,
    planted: process.env['BENCH_PLANT'] !== undefined,
  };
}

export function printRow({ work, measure, subject, values, goal, details }: Row): void {
  const sign = goal?.bound === 'max' ? '≤' : '≥';
  const against = goal ? ` goal ${sign} ${goal.value}  ${verdictOf(values, goal)}` : '';
  const name = `${work.padEnd(10)} ${subject.padEnd(22)}`;
  console.log(`${name} ${measure}: ${formatRange(values)}${against}${details ? `  (${details})` : ''}`);
}

/** Writes `report.json` in the folder BENCH_REPORT. @returns the path of the file */
export function writeReport(report: Report): string {
  const file = path.resolve(root, process.env['BENCH_REPORT'] ?? 'dist/bench', 'report.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
