import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readResponse } from './http-load.ts';
import { drawTable } from './report.ts';
import { ratios } from './rounds.ts';
import { atMost, median, percentile, productRow, type Row, verdictOf } from './verdict.ts';

const root = path.join(import.meta.dirname, '../..');

describe('a verdict', () => {
  it.each([
    [[1.5, 2], 'max', 'PASS'],
    [[2.1, 2.5], 'max', 'FAIL'],
    [[1.9, 2.1], 'max', 'INCONCLUSIVE'],
    [[2, 2.5], 'min', 'PASS'],
    [[1, 1.9], 'min', 'FAIL'],
    [[1.9, 2.1], 'min', 'INCONCLUSIVE'],
    [[1.5, Number.NaN], 'max', 'INCONCLUSIVE'],
    [[], 'max', 'INCONCLUSIVE'],
  ] as const)('of %j against %s 2 is %s', (values, bound, verdict) => {
    expect(verdictOf({ values: [...values], goal: { bound, value: 2 } })).toBe(verdict);
  });

  it('compares within a round', () => {
    const limit = [{ ms: 1 }, { ms: 10 }];
    expect(ratios([{ ms: 2 }, { ms: 30 }], limit, 'ms')).toEqual([2, 3]);
  });

  it('is printed with the middle of the rounds', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  });

  it('stands in a table with the peers of the measure', () => {
    const own = productRow('query', 'CPU', [1, 2, 3], { goal: atMost(4), seconds: 9 });
    const table = drawTable([own, { ...own, subject: 'mercurius', values: [5] }]);
    expect(table).toContain('| `query` | CPU | 2.00 [1.00..3.00] | ≤ 4 | PASS | mercurius 5.00 | 9 |\n');
  });
});

describe('the client', () => {
  it.each([
    'content-length: 3\r\n\r\nabc',
    'transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
  ])('reads a response once it is whole: %j', (rest) => {
    const text = `HTTP/1.1 200 OK\r\nX: y\r\n${rest}`;
    expect(readResponse(text)).toEqual({ status: 200, body: 'abc' });
    expect(readResponse(text.slice(0, -1))).toBeUndefined();
  });
});

/** Runs works on PGlite, without peers. @returns the settled run, and the rows of its report */
async function runBench(works: string[], env: Record<string, string>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const quick = { BENCH_ROUNDS: '1', BENCH_SLICE_MS: '200', BENCH_WARM_UPS: '1' };
  const run = promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'bench/main.ts', ...works],
    {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        BENCH_REPORT: folder,
        BENCH_PEERS: 'off',
        BENCH_DATABASES: 'pglite',
        ...quick,
        ...env,
      },
    },
  );
  await expect(run).rejects.toMatchObject({ code: 1 });
  return (JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')) as { rows: Row[] }).rows;
}

// Turns red where a slow product is not noticed: unslowed, a request takes about 10 times the limit's CPU time.
it('fails the row of a product that is slowed down', async () => {
  const rows = await runBench(['query'], { BENCH_PLANT: '20' });
  const own = rows.find(({ subject }) => subject.startsWith('Proofsheet'))!;
  expect(verdictOf(own)).toBe('FAIL');
  expect(own.values[0]).toBeGreaterThan(60);
});

// Turns red where a work that hangs ends or holds up the run.
it('fails a work that exceeds its time limit, and goes on with the next one', async () => {
  const rows = await runBench(['query', 'viewer'], { BENCH_LIMIT_MS: '50' });
  expect(rows.map((row) => [row.work, verdictOf(row)])).toEqual([
    ['query', 'FAILED'],
    ['viewer', 'FAILED'],
  ]);
  expect(rows[0]!.failure).toBe('not measured within 0.05 s');
});
