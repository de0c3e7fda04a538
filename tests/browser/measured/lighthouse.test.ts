/** Lighthouse on the built client, on a phone and on a desktop: the median of three runs each. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../support/start-app.ts';
import { openProfile } from '../browser.ts';

const runs = 3;
const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
const metrics = {
  'largest-contentful-paint': 'LCP ms',
  'cumulative-layout-shift': 'CLS',
  'total-blocking-time': 'TBT ms',
} as const;

/** The part of Lighthouse's report that is read. */
interface Report {
  runtimeError?: { message: string };
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { score: number | null; numericValue?: number }>;
}

type Figures = Record<(typeof categories)[number] | keyof typeof metrics, number>;

let app: TestApp;
let context: BrowserContext;
let profile: string;
let port: number;

beforeAll(async () => {
  app = await startTestApp();
  profile = await mkdtemp(path.join(tmpdir(), 'proofsheet-lighthouse-'));
  context = await openProfile(profile, ['--remote-debugging-port=0']);
  const [line] = (await readFile(path.join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
  port = Number(line);
});
afterAll(async () => {
  await context?.close();
  await app?.remove();
  await rm(profile, { recursive: true, force: true });
});

/** Installed in `bench/`, as nothing else of the project needs its 150 MB. */
const command = fileURLToPath(
  new URL('../../../bench/node_modules/lighthouse/cli/index.js', import.meta.url),
);

async function readReport(isDesktop: boolean): Promise<Report> {
  const options = [`--port=${port}`, '--quiet', '--output=json', `--only-categories=${categories.join(',')}`];
  if (isDesktop) options.push('--preset=desktop');
  const { stdout } = await promisify(execFile)(process.execPath, [command, app.url, ...options], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Report;
}

async function measure(isDesktop: boolean): Promise<Figures> {
  const report = await readReport(isDesktop);
  if (report.runtimeError) throw new Error(report.runtimeError.message);
  const scores = categories.map((name) => {
    const { score, auditRefs } = report.categories[name]!;
    const lacking = auditRefs.filter(({ id, weight }) => weight > 0 && (report.audits[id]?.score ?? 1) < 1);
    if (name !== 'performance' && lacking.length > 0)
      console.log(
        name,
        lacking.map(({ id }) => id),
      );
    return [name, Math.round((score ?? 0) * 100)];
  });
  const values = Object.keys(metrics).map((id) => [id, report.audits[id]?.numericValue ?? Number.NaN]);
  return Object.fromEntries([...scores, ...values]) as Figures;
}

async function medians(isDesktop: boolean): Promise<Figures> {
  const all: Figures[] = [];
  for (let run = 0; run < runs; run++) all.push(await measure(isDesktop));
  console.log(isDesktop ? 'desktop' : 'mobile', all);
  return Object.fromEntries(
    Object.keys(all[0]!).map((name) => {
      const sorted = all
        .map((figures) => figures[name as keyof Figures])
        .toSorted((one, other) => one - other);
      return [name, sorted[Math.floor(runs / 2)]];
    }),
  ) as Figures;
}

describe('Lighthouse', () => {
  for (const form of ['mobile', 'desktop'] as const)
    it(`accepts the first page: ${form}`, async () => {
      const found = await medians(form === 'desktop');
      expect.soft(found.accessibility).toBe(100);
      expect.soft(found['best-practices']).toBe(100);
      expect.soft(found.seo).toBe(100);
      expect.soft(found['largest-contentful-paint']).toBeLessThan(1_800);
      expect.soft(found['cumulative-layout-shift']).toBeLessThanOrEqual(0.01);
      expect.soft(found['total-blocking-time']).toBeLessThan(100);
      expect.soft(found.performance).toBeGreaterThanOrEqual(form === 'desktop' ? 100 : 95);
    });
});
