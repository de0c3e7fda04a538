/** A history of 100,000 images: elements, memory, and the time to respond while it is scrolled. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeEach, expect, it } from 'vitest';
import type * as WebVitals from 'web-vitals';
import { app, openPage, openSignedIn, page, useApp } from '../fixture.ts';

useApp({}, [], ['chromium']);
beforeEach(() => openPage({ bypassCSP: true }));

const images = Number(process.env['HISTORY_IMAGES'] ?? 100_000);
const imagesOfTask = 4;
const tasks = images / imagesOfTask;

/** The tasks of a page, newest first, one a minute: what the server would answer, without its database. */
function pageOf(first: number, after: string | undefined) {
  const start = Number(after ?? 0);
  const count = Math.min(first, tasks - start);
  const nodes = Array.from({ length: count }, (_, index) => {
    const number = tasks - start - index;
    const createdAt = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
    const picture = { width: 1024, height: 1024, thumbhash: '1QcSHQRnh493V4dIh4eXh1h4kJUI', favorite: false };
    const provider = { __typename: 'Provider', id: 'p', label: 'Replicate', sandbox: true };
    return {
      __typename: 'Task',
      id: `task-${number}`,
      scene: 'TEXT_TO_IMAGE',
      provider,
      model: { __typename: 'Model', id: 'm', label: 'FLUX Schnell' },
      prompt: `A harbour in fog ${number}`,
      options: { count: imagesOfTask, seed: number },
      providerOptions: {},
      removedReferences: 0,
      referenceImages: [],
      status: 'SUCCESS',
      progress: { __typename: 'TaskProgress', percent: 100, source: 'PROVIDER', etaSeconds: null },
      images: Array.from({ length: imagesOfTask }, (_each, place) => ({
        __typename: 'Image',
        id: `image-${number}-${place}`,
        url: `${app.url}/files/images/${number}-${place}.webp`,
        downloadUrl: `${app.url}/files/images/${number}-${place}.webp?download`,
        thumbnailUrl: `${app.url}/files/thumbnails/${number}-${place}.webp`,
        ...picture,
      })),
      removedImages: 0,
      imagesExpiredAt: null,
      failure: null,
      costCredits: 8,
      refundedCredits: 0,
      version: 3,
      createdAt,
      startedAt: createdAt,
      completedAt: createdAt,
      deadlineAt: createdAt,
      parent: null,
    };
  });
  const pageInfo = {
    __typename: 'PageInfo',
    hasNextPage: start + count < tasks,
    endCursor: String(start + count),
  };
  return { __typename: 'ViewerTasks', nodes, pageInfo, totalCount: tasks };
}

it('scrolls to its end', { timeout: 3_600_000 }, async () => {
  await openSignedIn();
  const create = { width: 64, height: 64, channels: 3 as const, background: 'seagreen' };
  const body = await sharp({ create }).webp().toBuffer();
  await page.route(
    (url) => url.pathname.startsWith('/files/'),
    (route) => route.fulfill({ body, contentType: 'image/webp' }),
  );
  await page.route('**/graphql', async (route) => {
    const { operationName, variables = {} } = route.request().postDataJSON() as {
      operationName?: string;
      variables?: { after?: string; first?: number };
    };
    if (operationName !== 'History') return route.fallback();
    const viewer = {
      __typename: 'Viewer',
      id: viewerId,
      tasks: pageOf(variables.first ?? 24, variables.after),
    };
    await route.fulfill({ json: { data: { __typename: 'Query', viewer } } });
  });
  const asked = { data: { query: '{ viewer { id } }' }, headers: { origin: app.url } };
  const answer = await page.request.post(`${app.url}/graphql`, asked);
  const viewerId = ((await answer.json()) as { data: { viewer: { id: string } } }).data.viewer.id;

  const script = fileURLToPath(import.meta.resolve('web-vitals')).replace(/[^/]+$/, 'web-vitals.iife.js');
  const observe = (vitals: typeof WebVitals) => {
    const found: Record<string, number> = {};
    Object.assign(window, { found });
    vitals.onINP(({ value }) => (found['inp'] = value), { reportAllChanges: true, durationThreshold: 16 });
  };
  await page.addInitScript({ content: `${await readFile(script, 'utf8')}\n(${String(observe)})(webVitals)` });
  await page.goto(`${app.url}/history`);
  await page.locator('.task-image').first().waitFor();

  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const figures = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    return `${elements} elements, heap ${Math.round(of('JSHeapUsedSize') / 1e6)} MB`;
  };
  const loaded = () =>
    page.evaluate(
      () =>
        document.querySelectorAll('.task-image').length +
        document.querySelectorAll('.contact-run:empty').length * 48,
    );
  console.log(`${await loaded()} images near the top: ${await figures()}`);
  let [seen, startedAt] = [0, performance.now()];
  for (;;) {
    await page.keyboard.press('PageDown');
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const isEnd = await page.getByText('That is everything.').isVisible();
    const count = await loaded();
    if (count >= seen + images / 10 || isEnd) {
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`about ${count} images after ${seconds.toFixed(0)} s: ${await figures()}`);
      seen = count;
    }
    if (isEnd) break;
  }
  startedAt = performance.now();
  await page.locator('.task-image-open').last().focus();
  for (let turn = 0; turn < 20; turn += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Home');
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeLessThan(1_000);
  const read = () => page.evaluate(() => (window as unknown as { found: Record<string, number> }).found);
  await expect.poll(async () => (await read())['inp'] ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
  console.log(`INP ${(await read())['inp']} ms; at the top again: ${await figures()}`);
});
