/**
 * The fixture of browser tests: one app and one browser for each file, a new page for each test, and a failure for
 * every unexpected error of a page.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-app.ts';
import { openBrowser, shoot } from './browser.ts';
import { signUpByApi } from './steps.ts';

// Imports are live bindings: importers see the page of the current test.
export let app: TestApp;
export let context: BrowserContext;
export let page: Page;

let browser: Browser;
const thrown: string[] = [];
const consoleErrors: string[] = [];
const allowed: string[] = [];

/**
 * Starts the app, with these variables, and a browser, see `openBrowser`, before the tests of a file. Each test fails if
 * one of its pages threw, or logged an error that was not allowed.
 */
export function useApp(
  env: Record<string, string> = {},
  ...browserOptions: Parameters<typeof openBrowser>
): void {
  beforeAll(async () => {
    app = await startTestApp(env);
    browser = await openBrowser(...browserOptions);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await report(task.name);
    await closeContext();
    const texts = allowed.splice(0);
    const errors = [...thrown.splice(0), ...consoleErrors.splice(0)];
    expect(errors.filter((error) => !texts.some((text) => error.includes(text)))).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.remove();
  });
}

/** Saves the state of the page of a failed test: a screenshot in `test-results/`, and its text. */
async function report(name: string): Promise<void> {
  await shoot(page, `failed-${name.replaceAll(/\W+/g, '-')}`);
  console.error(`${name}\nat ${page.url()}\n${await page.ariaSnapshot()}`);
}

/** For a test that breaks something on purpose: allows console errors that contain one of these texts. */
export function allowErrors(...texts: string[]): void {
  allowed.push(...texts);
}

/**
 * Puts `page` into a context of its own, which is 1440 by 900 in English; closes the previous one. Loads nothing.
 * Without motion, as drawing animations in software is a quarter of the CPU time; tests in which they matter ask for it.
 */
export async function openPage(options: BrowserContextOptions = {}): Promise<void> {
  await closeContext();
  context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    // A route of a test does not see what a worker asks for.
    serviceWorkers: 'block',
    ...options,
  });
  context.on('weberror', (error) => thrown.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page = await context.newPage();
}

/**
 * Loads the page of a new account in `page`, signed in; resolves to its email. Signing up in the dialog takes twice the
 * CPU time, and has tests of its own.
 */
export async function openSignedIn(): Promise<string> {
  const email = await signUpByApi(context, app.url);
  await page.goto(app.url);
  await page.locator('.account-button').waitFor();
  return email;
}

/** Closes the context; a callback of `route` that still waits for the page then fails without an unhandled rejection. */
async function closeContext(): Promise<void> {
  if (context === undefined || context.isClosed()) return;
  for (const routed of [context, ...context.pages()]) await routed.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

/** Stops the app and starts it again on the same folder and database, see `TestApp.restart`. */
export async function restartApp(...options: Parameters<TestApp['restart']>): Promise<void> {
  app = await app.restart(...options);
}
