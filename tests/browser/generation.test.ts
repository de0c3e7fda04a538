/** The main job as a person does it. */
import type { Browser, BrowserContext, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-app.ts';
import { guardSockets, openBrowser, shoot, signUpInPage } from './browser.ts';

let app: TestApp;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  app = await startTestApp({ SANDBOX_SPEED: '1', POLL_INTERVAL_MS: '500', SIGNUP_CREDITS: '40' });
  browser = await openBrowser();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A socket that the test cuts is told of by the browser itself.
    if (message.type() === 'error' && !/WebSocket|ERR_INTERNET_DISCONNECTED/.test(message.text()))
      faults.push(message.text());
  });
});
afterEach(async () => {
  await context.close();
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await app?.remove();
});

const strip = () => page.getByRole('article').first();
const done = () =>
  strip()
    .getByRole('link', { name: /^Download frame/ })
    .first();

async function generate(prompt: string): Promise<void> {
  await page.getByLabel('Prompt').fill(prompt);
  await page.getByRole('button', { name: /^Generate/ }).click();
}

describe('a person', () => {
  it('signs up with the prompt kept, generates, watches it develop, and downloads the picture', async () => {
    await page.goto(app.url);
    await page.getByText('Describe a picture. Watch it develop.').waitFor();
    await shoot(page, 'empty');
    await generate('A lighthouse on a cliff at dusk sandbox:slow=6');
    await page.getByRole('dialog').getByText('Sign in to develop this').waitFor();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await signUpInPage(page);
    expect(await page.getByLabel('Prompt').inputValue()).toContain('A lighthouse');

    await page.getByRole('button', { name: /^Generate/ }).click();
    const ruler = strip().getByRole('progressbar');
    await expect
      .poll(async () => Number(await ruler.getAttribute('aria-valuenow')), { timeout: 20_000 })
      .toBeGreaterThan(20);
    await shoot(page, 'developing');
    await done().waitFor();
    const picture = strip().getByRole('img').first();
    await expect
      .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
      .toBeGreaterThan(0);
    await shoot(page, 'done');
    const [download] = await Promise.all([page.waitForEvent('download'), done().click()]);
    expect(download.suggestedFilename()).toMatch(/^proofsheet-.*\.webp$/);
    expect(await page.getByRole('banner').innerText()).toContain('38');
  });

  it('makes an image from pictures of their own', async () => {
    await page.goto(app.url);
    await signUpInPage(page);
    await page.getByRole('tab', { name: 'Image to image' }).click();
    const buffer = await sharp({ create: { width: 600, height: 400, channels: 3, background: 'seagreen' } })
      .png()
      .toBuffer();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        { name: 'green.png', mimeType: 'image/png', buffer },
        { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7') },
      ]);
    await page.getByText('notes.png is not a picture we can use. Try PNG, JPEG or WebP.').waitFor();
    await page.getByRole('button', { name: 'Remove notes.png' }).click();
    await generate('At night, with stars');
    await done().waitFor({ timeout: 40_000 });
    expect(await page.getByRole('banner').innerText()).toContain('36');
  });

  it('is told in words why a task failed, and that the credits are back', async () => {
    await page.goto(app.url);
    await signUpInPage(page);
    await generate('Something sandbox:blocked');
    await strip()
      .getByText(/not accepted by the safety rules/)
      .waitFor({ timeout: 20_000 });
    await strip().getByText('Your 2 credits are back.').waitFor();
    await shoot(page, 'failed');
    expect(await page.getByRole('banner').innerText()).toContain('40');
  });

  it('closes the tab right after Generate and finds the picture later', async () => {
    await page.goto(app.url);
    await signUpInPage(page);
    const sent = page.waitForResponse(
      (response) => response.request().postData()?.includes('generateImage') ?? false,
    );
    await generate('A valley sandbox:slow=3');
    await sent;
    await page.close();
    page = await context.newPage();
    await page.goto(app.url);
    await done().waitFor({ timeout: 20_000 });
  });

  it('finds an unfinished task again after a reload, still developing', async () => {
    await page.goto(app.url);
    await signUpInPage(page);
    await generate('A valley sandbox:slow=8');
    await strip().getByRole('progressbar').waitFor();
    await page.reload();
    await strip().getByRole('progressbar').waitFor();
    await done().waitFor({ timeout: 20_000 });
  });
});

describe('the connection', () => {
  it('cut in the middle: the page says so, and the 5-second query finishes the task', async () => {
    const sockets = await guardSockets(page);
    await page.goto(app.url);
    await signUpInPage(page);
    await generate('A valley sandbox:slow=12');
    await strip().getByRole('progressbar').waitFor();
    await expect.poll(() => sockets.count).toBe(1);
    sockets.cut();
    await page
      .getByRole('status')
      .getByText('Live updates stopped. Checking every 5 s.')
      .waitFor({ timeout: 10_000 });
    await shoot(page, 'polling');
    await done().waitFor({ timeout: 30_000 });
    expect(sockets.count).toBe(0);

    sockets.mend();
    await page
      .getByText('Live updates stopped. Checking every 5 s.')
      .waitFor({ state: 'detached', timeout: 60_000 });
  });

  it('lost altogether: the page says so, and goes on when it is back', async () => {
    await page.goto(app.url);
    await signUpInPage(page);
    await generate('A valley sandbox:slow=5');
    await strip().getByRole('progressbar').waitFor();
    await context.setOffline(true);
    await page.getByText(/You are offline/).waitFor({ timeout: 15_000 });
    await context.setOffline(false);
    await done().waitFor({ timeout: 40_000 });
  });
});
