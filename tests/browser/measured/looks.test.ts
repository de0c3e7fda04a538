/** Screenshots of the eight states of the design, in both themes and at two widths, in `test-results/`. */
import type { BrowserContext } from 'playwright';
import { describe, expect, it } from 'vitest';
import { shoot, signUpInPage } from '../browser.ts';
import { app, context, openPage, page, useApp } from '../fixture.ts';
import {
  addFiles,
  developed,
  generate,
  openForm,
  pictureFile,
  prompt,
  send,
  card,
  withholdUploads,
} from '../steps.ts';

useApp({ SANDBOX_SPEED: '8', SIGNUP_CREDITS: '200', TASK_TIMEOUT_MS: '3000000' });

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

let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

async function open(isVisitor = false): Promise<void> {
  await openPage(isVisitor ? {} : { storageState: signedIn });
  await page.goto(app.url);
}

/** In every theme and at every width; `show` reopens what a change of layout closes. */
async function shootAll(state: string, show?: () => Promise<void>): Promise<void> {
  for (const { name, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    if (width < 861) await page.locator('.bottom-sheet').waitFor();
    await show?.();
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await picturesLoaded();
      await shoot(page, `look-${state}-${name}-${colorScheme}`);
    }
  }
}

const picturesLoaded = () =>
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

describe('the eight states', () => {
  it('are saved as screenshots: empty and sign-in', async () => {
    await open(true);
    await page.getByText('Describe a picture. Watch it develop.').waitFor();
    await shootAll('empty');
    await page.setViewportSize(sizes[0]!);
    await prompt(page).fill(prompts[0]);
    await send(page);
    await page.getByRole('dialog').getByText('Create an account to develop this').waitFor();
    await shootAll('sign-in');
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await page.setViewportSize(sizes[0]!);
    await prompt(page).fill('');
    await signUpInPage(page);
    signedIn = await context.storageState();
  });

  it('are saved as screenshots: done, developing, failed, select open, uploading and lightbox', async () => {
    await open();
    await page.getByText('credits').first().waitFor();
    let number = 0;
    for (const text of prompts) {
      await generate(page, text, 4);
      await developed(page, ++number, 60_000);
    }
    await shootAll('done');
    await page.setViewportSize(sizes[0]!);
    await page.getByRole('button', { name: 'Open frame 3', exact: true }).click();
    await page.getByRole('dialog', { name: /^Frame/ }).waitFor();
    await shootAll('lightbox');
    await page.keyboard.press('Escape');
    await page.setViewportSize(sizes[0]!);
    await generate(page, 'A harbour in fog sandbox:blocked');
    await card(page, ++number)
      .getByText(/not accepted by the safety rules/)
      .waitFor({ timeout: 20_000 });
    await shootAll('failed');
    await page.setViewportSize(sizes[0]!);
    const model = page.getByLabel('Model', { exact: true });
    await shootAll('select', async () => {
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
            await card(page, number + 1)
              .getByRole('progressbar')
              .getAttribute('aria-valuenow'),
          ),
        { timeout: 60_000 },
      )
      .toBeGreaterThan(25);
    await shootAll('developing');
    await page.setViewportSize(sizes[0]!);
    await withholdUploads(page, 'hold');
    await addFiles(page, await pictureFile('cliff.png', 'slategray'), await pictureFile('pine.png'));
    await page.getByRole('progressbar', { name: 'Uploading cliff.png' }).waitFor();
    await shootAll('uploading', () => openForm(page));
  });
});
