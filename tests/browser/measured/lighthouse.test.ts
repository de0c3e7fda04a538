/** Lighthouse on the built client, on a phone and on a desktop: the median of three runs each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import lighthouse, { desktopConfig, type Flags } from 'lighthouse';
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

async function measure(isDesktop: boolean): Promise<Figures> {
  const flags: Flags = { port, logLevel: 'error', onlyCategories: [...categories] };
  const result = await lighthouse(app.url, flags, isDesktop ? desktopConfig : undefined);
  const report = result?.lhr;
  if (!report || report.runtimeError)
    throw new Error(report?.runtimeError?.message ?? 'Lighthouse gave no report.');
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
