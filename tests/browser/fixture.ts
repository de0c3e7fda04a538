/**
 * What a test of the page stands on: the app and a browser for the whole file, for each test a page of its own, and that
 * nothing goes wrong in it unnoticed.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-app.ts';
import { openBrowser, shoot } from './browser.ts';

// Whoever imports these sees those of the present test: an import follows what is assigned here.
export let app: TestApp;
export let context: BrowserContext;
export let page: Page;

let browser: Browser;
const thrown: string[] = [];
const consoleErrors: string[] = [];
const allowed: string[] = [];

/**
 * Starts the app, with these variables, and a browser, with these arguments, before the tests of a file. Each test fails if one of its pages
 * threw, or wrote an error to the console that was not allowed.
 */
export function useApp(env: Record<string, string> = {}, browserArguments: readonly string[] = []): void {
  beforeAll(async () => {
    app = await startTestApp(env);
    browser = await openBrowser(browserArguments);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await report(task.name);
    await context?.close();
    const texts = allowed.splice(0);
    const errors = [...thrown.splice(0), ...consoleErrors.splice(0)];
    expect(errors.filter((error) => !texts.some((text) => error.includes(text)))).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.remove();
  });
}

/** What a failed test left: how the page looks, in `test-results/`, and in words. */
async function report(name: string): Promise<void> {
  await shoot(page, `failed-${name.replaceAll(/\W+/g, '-')}`);
  console.error(`${name}\nat ${page.url()}\n${await page.ariaSnapshot()}`);
}

/** For a test that breaks something on purpose: what the browser itself writes of it has one of these texts in it. */
export function allowErrors(...texts: string[]): void {
  allowed.push(...texts);
}

/** Puts `page` into a context of its own, which is 1440 by 900 in English; closes the one before. Loads nothing. */
export async function openPage(options: BrowserContextOptions = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.on('weberror', (error) => thrown.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page = await context.newPage();
}

/** Stops the app and starts it again on the same folder and database. */
export async function restartApp(): Promise<void> {
  app = await app.restart();
}
