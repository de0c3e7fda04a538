/** axe on every state of the page, in both themes and at three widths; and nothing to scroll sideways to. */
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedAddress } from '../support/scripted-server.ts';
import { signUpInPage } from './browser.ts';
import { allowErrors, app, context, openPage, page, useApp } from './fixture.ts';
import {
  addFiles,
  developed,
  generate,
  openForm,
  pictureFile,
  prompt,
  send,
  sidewaysPx,
  withholdUploads,
} from './steps.ts';

const closed = await closedAddress();
useApp({
  SANDBOX_SPEED: '10',
  SIGNUP_CREDITS: '200',
  TASK_TIMEOUT_MS: '3000000',
  WEBHOOK_ORIGINS: closed,
});

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const widths = [1440, 390, 320];
const themes = ['light', 'dark'] as const;

interface State {
  name: string;
  isVisitor?: boolean;
  build(): Promise<void>;
  /** Opens again, at each width, what a change of layout closes. */
  show?(): Promise<void>;
}

const text = 'A lighthouse on a cliff at dusk sandbox:plain';

const states: State[] = [
  {
    name: 'empty',
    isVisitor: true,
    build: () => page.getByText('Describe a picture. Watch it develop.').waitFor(),
  },
  {
    name: 'sign-in',
    isVisitor: true,
    async build() {
      await prompt(page).fill(text);
      await send(page);
      await page.getByRole('dialog').getByText('Create an account to develop this').waitFor();
    },
  },
  {
    name: 'typed',
    build: () => prompt(page).fill('m'.repeat(1_950)),
    show: () => openForm(page),
  },
  {
    name: 'uploading',
    async build() {
      await withholdUploads(page, 'hold');
      await addFiles(page, await pictureFile('cliff.png'));
      await page.getByRole('progressbar', { name: 'Uploading cliff.png' }).waitFor();
    },
    show: () => openForm(page),
  },
  {
    name: 'upload error',
    async build() {
      allowErrors('ERR_FAILED');
      await withholdUploads(page, 'fail');
      await addFiles(page, await pictureFile('cliff.png'));
      await page.getByText('cliff.png did not upload.').first().waitFor();
    },
    show: () => openForm(page),
  },
  {
    name: 'select open',
    build: () => page.getByLabel('Model', { exact: true }).waitFor(),
    async show() {
      await openForm(page);
      const select = page.getByLabel('Model', { exact: true });
      await select.focus();
      await page.keyboard.press('Space');
      await expect.poll(() => select.evaluate((element) => element.matches(':open'))).toBe(true);
    },
  },
  {
    name: 'developing',
    async build() {
      await generate(page, 'A valley sandbox:slow=5000', 2);
      await page.getByRole('article').first().getByRole('progressbar').waitFor();
    },
  },
  {
    name: 'failed',
    async build() {
      await generate(page, 'Something sandbox:blocked');
      await page
        .getByText(/not accepted by the safety rules/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'done',
    async build() {
      await generate(page, text, 3);
      await page
        .getByRole('link', { name: /^Download frame/ })
        .first()
        .waitFor({ timeout: 30_000 });
    },
  },
  {
    name: 'lightbox',
    async build() {
      await page
        .getByRole('button', { name: /^Open frame/ })
        .first()
        .click();
      await page.getByRole('dialog', { name: /^Frame/ }).waitFor();
    },
  },
  {
    name: 'toast',
    async build() {
      const done = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'Remix' }) });
      await done.first().getByRole('button', { name: /^More/ }).click();
      await done.first().getByRole('button', { name: 'Delete' }).click();
      // A toast stays while it has the focus.
      await page.getByRole('button', { name: 'Undo' }).focus();
    },
    show: () => page.getByRole('button', { name: 'Undo' }).focus(),
  },
  {
    name: 'history',
    async build() {
      await page.getByRole('banner').getByRole('link', { name: 'History' }).click();
      await page
        .getByRole('button', { name: /^Open frame/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'account',
    async build() {
      await page.goto(`${app.url}/account`);
      await page.getByRole('button', { name: 'Create a key' }).click();
      await page.getByLabel('Name').fill('Nightly build');
      await page.keyboard.press('Enter');
      await page.getByText(/^psk_/).first().waitFor();
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      await page.getByLabel('Address').fill(`${closed}/a-path-that-is-rather-long/of-a-receiver-of-webhooks`);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('Last deliveries', { exact: true }).click();
      await page.getByRole('table', { name: 'Last deliveries' }).waitFor();
    },
  },
  {
    name: 'new API key',
    async build() {
      await page.goto(`${app.url}/account`);
      await page.getByRole('button', { name: 'Create a key' }).click();
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByText('A name has 1 to 100 characters.').waitFor();
    },
  },
];

let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;
let checks = 0;

async function open(options: { isVisitor?: boolean; locale?: string; width?: number }): Promise<void> {
  await openPage({
    viewport: { width: options.width ?? 1440, height: 900 },
    locale: options.locale ?? 'en-GB',
    // Analyse moving elements at rest.
    reducedMotion: 'reduce',
    ...(!options.isVisitor && { storageState: signedIn }),
  });
  await page.goto(app.url);
}

beforeAll(async () => {
  await open({ isVisitor: true });
  await signUpInPage(page);
  signedIn = await context.storageState();
  // The data that the states need.
  await generate(page, text, 2);
  await developed(page, 1, 60_000);
}, 120_000);
afterAll(() => {
  console.log(`axe: ${checks} analyses of ${states.length} states`);
});

async function violations(): Promise<string[]> {
  await page.evaluate(() =>
    Promise.allSettled(
      // Wait for the transition between the themes.
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished),
    ),
  );
  const builder = new AxeBuilder({ page }).withTags(tags).options({ resultTypes: ['violations'] });
  const found = await builder.setLegacyMode().analyze();
  checks += 1;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} (${failureSummary ?? ''})`),
  );
}

describe('the page', () => {
  for (const state of states)
    it(`has no violation where it is: ${state.name}`, async () => {
      await open({ isVisitor: state.isVisitor ?? false });
      if (!state.isVisitor) await page.getByText('credits').first().waitFor();
      await state.build();
      const found: Record<string, string[]> = {};
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 1440 ? 900 : 844 });
        if (width < 861) await page.locator('.bottom-sheet, main.sheet').first().waitFor();
        await state.show?.();
        for (const colorScheme of themes) {
          await page.emulateMedia({ colorScheme });
          const faults = await violations();
          if (faults.length > 0) found[`${width} px, ${colorScheme}`] = faults;
        }
        expect.soft(await sidewaysPx(page), `scrolls sideways at ${width} px`).toBe(0);
      }
      expect(found).toEqual({});
    });

  for (const path of ['/', '/history', '/account'])
    it(`fits 320 px in German: ${path}`, async () => {
      await open({ locale: 'de-DE', width: 320 });
      await page.goto(app.url + path);
      await page.getByRole('heading', { level: 1 }).or(page.getByRole('article')).first().waitFor();
      if (path === '/') await page.locator('.bottom-sheet').waitFor();
      await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('de');
      expect(await sidewaysPx(page)).toBe(0);
      expect(await violations()).toEqual([]);
    });
});
