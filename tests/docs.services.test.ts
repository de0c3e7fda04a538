/** Every code block of docs/api runs; `support/documentation.ts` says how. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUp } from './support/api.ts';
import { readBlocks, runPage } from './support/documentation.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

const folder = path.join(import.meta.dirname, '../docs/api');
const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'));
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.remove());

/** Runs a page with an account of its own. */
async function run(page: string) {
  const { token } = await signUp(app.url);
  const withOwnAddress = page.replaceAll('you@example.com', `${randomUUID()}@example.com`);
  return runPage(withOwnAddress, { PROOFSHEET_URL: app.url, PROOFSHEET_KEY: token });
}

it.concurrent.each(pages)('runs the blocks of %s', async (name) => {
  const { run: count, notRun } = await run(await readFile(path.join(folder, name), 'utf8'));
  console.log(`${name}: ${count} blocks run${notRun.map((reason) => `; not run: ${reason}`).join('')}`);
});
