/** What a run says: the machine, a line for each row, and files with all rows. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { drawPlot } from './plot.ts';
import { root } from './process.ts';
import { rounds, sliceMs } from './rounds.ts';
import { formatNumber, formatRange, median, type Row, verdictOf } from './verdict.ts';

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
  const commit = git('log', '-1', '--format=%h', '--', ...measured);
  return {
    date: new Date().toISOString(),
    commit: commit + (git('status', '--porcelain', ...measured) && ' changed'),
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

const goalOf = ({ goal }: Row) => (goal ? `${goal.bound === 'max' ? '≤' : '≥'} ${goal.value}` : '');
const valueOf = ({ failure, values }: Row) => failure ?? formatRange(values);

export function printRow(row: Row): void {
  const { work, measure, subject, goal, details, failure, seconds } = row;
  const against = goal ? ` goal ${goalOf(row)}` : '';
  const verdict = goal || failure !== undefined ? `  ${verdictOf(row)}` : '';
  const name = `${work.padEnd(10)} ${subject.padEnd(22)}`;
  console.log(
    `${name} ${measure}: ${valueOf(row)}${against}${verdict}  (${details ? `${details}; ` : ''}${seconds} s)`,
  );
}

/** A Markdown table of the product's rows, each measure with its peers. */
export function drawTable(rows: readonly Row[]): string {
  const isProduct = ({ subject }: Row) => subject.startsWith('Proofsheet');
  const shown = new Set<string>();
  const lines = rows.filter(isProduct).map((row) => {
    const { work, measure, subject, seconds } = row;
    const peers = rows.filter((peer) => peer.work === work && peer.measure === measure && !isProduct(peer));
    const isFirst = shown.size < shown.add(work + measure).size;
    const besides = peers.map((peer) => `${peer.subject} ${formatNumber(median(peer.values))}`);
    const name = [measure, ...subject.split(', ').slice(1)].join(', ');
    return [
      `\`${work}\``,
      name,
      valueOf(row),
      goalOf(row),
      verdictOf(row),
      isFirst ? besides.join('; ') : '',
      seconds,
    ];
  });
  const heads = ['work', 'measure', 'Proofsheet', 'goal', 'verdict', 'peers', 'seconds of the work'];
  return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/**
 * Writes `report.json`, `table.md` and `plot.svg` in the folder BENCH_REPORT. Rows of other works of the same commit stay.
 * @returns the folder
 */
export function writeReport({ machine, rows }: Report): string {
  const folder = path.resolve(root, process.env['BENCH_REPORT'] ?? 'dist/bench');
  const file = path.join(folder, 'report.json');
  mkdirSync(folder, { recursive: true });
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
  const nameOf = ({ work }: Row) => work.split(' ')[0];
  const works = new Set(rows.map(nameOf));
  const isSame = before?.machine.commit === machine.commit && before.machine.planted === machine.planted;
  const kept = isSame ? before.rows.filter((row) => !works.has(nameOf(row))) : [];
  const report = { machine, rows: [...kept, ...rows] };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(folder, 'table.md'), drawTable(report.rows));
  writeFileSync(path.join(folder, 'plot.svg'), drawPlot(report.rows, `Proofsheet ${machine.commit}`));
  return folder;
}
