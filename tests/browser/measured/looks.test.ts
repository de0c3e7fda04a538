/** The eight states of the design, in both themes and at two widths, for people to look at: in `test-results/`. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../support/start-app.ts';
import { openBrowser, shoot, signUpInPage } from '../browser.ts';
import { developed, generate, pictureFile, strip, withholdUploads } from '../steps.ts';

const prompts = [
  'Basalt islands at blue hour, long exposure',
  'Celadon vase with a ribbed body, studio light',
  'Violet dusk over a shallow lagoon',
] as const;
const sizes = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];
const themes = ['light', 'dark'] as const;

let app: TestApp;
let browser: Browser;
let context: BrowserContext;
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  app = await startTestApp({ SANDBOX_SPEED: '8', SIGNUP_CREDITS: '200', TASK_TIMEOUT_MS: '3000000' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.remove();
});

async function open(isVisitor = false): Promise<Page> {
  context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...(!isVisitor && { storageState: signedIn }),
  });
  const page = await context.newPage();
  await page.goto(app.url);
  return page;
}

/** In every theme and at every width; `show` opens again what a change of layout closes. */
async function shootAll(page: Page, state: string, show?: () => Promise<void>): Promise<void> {
  for (const { name, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    if (width < 861) await page.locator('.dock').waitFor();
    await show?.();
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await picturesLoaded(page);
      await shoot(page, `look-${state}-${name}-${colorScheme}`);
    }
  }
}

const picturesLoaded = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(() =>
          [...document.images]
            .filter((image) => {
              const { top, bottom } = image.getBoundingClientRect();
              return bottom > 0 && top < innerHeight;
            })
            .every((image) => image.complete && image.naturalWidth > 0),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);

const openForm = async (page: Page) => {
  const isOpen = await page.getByRole('dialog', { name: 'New image' }).isVisible();
  if (!isOpen && (await page.locator('.dock').count()) > 0) await page.locator('.dock-model').click();
};

describe('the eight states', () => {
  it('are kept as pictures: empty and sign-in', async () => {
    const page = await open(true);
    await page.getByText('Describe a picture. Watch it develop.').waitFor();
    await shootAll(page, 'empty');
    await page.setViewportSize(sizes[0]!);
    await page.getByLabel('Prompt', { exact: true }).fill(prompts[0]);
    await page.getByRole('button', { name: /^Generate/ }).click();
    await page.getByRole('dialog').getByText('Sign in to develop this').waitFor();
    await shootAll(page, 'sign-in');
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await page.setViewportSize(sizes[0]!);
    await page.getByLabel('Prompt', { exact: true }).fill('');
    await signUpInPage(page);
    signedIn = await context.storageState();
    await context.close();
  });

  it('are kept as pictures: done, developing, failed, select open, uploading and lightbox', async () => {
    const page = await open();
    await page.getByText('credits').first().waitFor();
    let number = 0;
    for (const prompt of prompts) {
      await generate(page, prompt, 4);
      await developed(page, ++number, 60_000);
    }
    await shootAll(page, 'done');
    await page.setViewportSize(sizes[0]!);
    await page.getByRole('button', { name: 'Open frame 3', exact: true }).click();
    await page.getByRole('dialog', { name: /^Frame/ }).waitFor();
    await shootAll(page, 'lightbox');
    await page.keyboard.press('Escape');
    await page.setViewportSize(sizes[0]!);
    await generate(page, 'A harbour in fog sandbox:blocked');
    await strip(page, ++number)
      .getByText(/not accepted by the safety rules/)
      .waitFor({ timeout: 20_000 });
    await shootAll(page, 'failed');
    await page.setViewportSize(sizes[0]!);
    const model = page.getByLabel('Model', { exact: true });
    await shootAll(page, 'select', async () => {
      await openForm(page);
      await model.focus();
      await page.keyboard.press('Space');
      await expect
        .poll(() => model.evaluate((element) => element.matches(':open')), { timeout: 10_000 })
        .toBe(true);
    });
    await page.keyboard.press('Escape');
    await page.setViewportSize(sizes[0]!);
    await generate(page, 'Morning light in a pine forest sandbox:slow=400', 4);
    await expect
      .poll(
        async () =>
          Number(
            await strip(page, number + 1)
              .getByRole('progressbar')
              .getAttribute('aria-valuenow'),
          ),
        { timeout: 60_000 },
      )
      .toBeGreaterThan(25);
    await shootAll(page, 'developing');
    await page.setViewportSize(sizes[0]!);
    await withholdUploads(page, 'hold');
    await page.getByRole('tab', { name: 'Image to image' }).click();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([await pictureFile('cliff.png', 'slategray'), await pictureFile('pine.png')]);
    await page.getByRole('progressbar', { name: 'Uploading cliff.png' }).waitFor();
    await shootAll(page, 'uploading', () => openForm(page));
    await context.close();
  });
});
