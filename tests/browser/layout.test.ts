/** Small screens, large zoom, other colours, other scripts: content has room, is distinguishable and reads in the right direction. */
import type { BrowserContext, BrowserContextOptions } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { app, context, openPage, page, useApp } from './fixture.ts';
import {
  graphqlInPage,
  openForm,
  pictureFile,
  refuse,
  signUpByApi,
  standIn,
  withholdUploads,
} from './steps.ts';

/** A zoom of 400 % on 1280 by 1024, and a phone on its side. */
const shortScreens = [
  { name: '320x256', viewport: { width: 320, height: 256 } },
  { name: '844x390', viewport: { width: 844, height: 390 } },
];
const phone = { width: 390, height: 844 };
const hebrew = 'מגדלור על צוק בשעת בין ערביים';

useApp({ SANDBOX_SPEED: '10', SIGNUP_CREDITS: '500', TASK_TIMEOUT_MS: '3000000' });

let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

async function open(options: BrowserContextOptions = {}, isVisitor = false): Promise<void> {
  await openPage({ ...options, ...(!isVisitor && { storageState: signedIn }) });
  await page.goto(app.url);
}

const mutation = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';

async function request(prompt: string, count = 1): Promise<void> {
  const model = 'black-forest-labs/flux-schnell';
  const input = { model, scene: 'TEXT_TO_IMAGE', prompt, options: { count } };
  await graphqlInPage(page, mutation, { input });
}

beforeAll(async () => {
  await openPage();
  await signUpByApi(context, app.url);
  await page.goto(app.url);
  await request(`${hebrew} sandbox:plain`, 2);
  await request(`${hebrew} sandbox:blocked`);
  await request('A harbour sandbox:plain', 3);
  await page.locator('.task-image-open').nth(4).waitFor({ timeout: 60_000 });
  await page.locator('.task-error').waitFor();
  signedIn = await context.storageState();
}, 120_000);

/** The share of the window's height, in its middle, that nothing fixed or sticky covers. */
const uncoveredShare = () =>
  page.evaluate(() => {
    const isStuck = (element: Element | null): boolean =>
      element !== null &&
      (['fixed', 'sticky'].includes(getComputedStyle(element).position) || isStuck(element.parentElement));
    const rows = Array.from({ length: Math.floor(innerHeight / 2) }, (_, row) => row * 2 + 1);
    const open = rows.filter((y) => !isStuck(document.elementFromPoint(innerWidth / 2, y)));
    return open.length / rows.length;
  });

/** The share of the window's height that neither the top bar nor the bottom sheet takes before scrolling. */
const shareBesideBars = () =>
  page.evaluate(() => {
    const shown = [...document.querySelectorAll('.top, .bottom-sheet')].map((bar) => {
      const { top, bottom } = bar.getBoundingClientRect();
      return Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0));
    });
    return 1 - shown.reduce((sum, height) => sum + height, 0) / innerHeight;
  });

/** The height of an element's scroll container, as a share of the window's. */
const scrollportShare = (selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      let port = element.parentElement;
      while (port && !/auto|scroll/.test(getComputedStyle(port).overflowY)) port = port.parentElement;
      return (port ?? document.documentElement).clientHeight / innerHeight;
    });

async function shootBoth(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `layout-${name}-${colorScheme}`);
  }
}

describe.each(shortScreens)('at $name', ({ name, viewport }) => {
  it('half of the height or more is left to the visitor page', async () => {
    await open({ viewport }, true);
    await page.locator('.empty').waitFor();
    await page.locator('.bottom-sheet').waitFor();
    await shootBoth(`visitor-${name}`);
    expect.soft(await uncoveredShare()).toBeGreaterThanOrEqual(0.5);
    expect(await shareBesideBars()).toBeGreaterThanOrEqual(0.5);
  });

  it('half of the height or more is left to task cards, wherever the page is scrolled to', async () => {
    await open({ viewport });
    await request('A valley sandbox:slow=9000', 2);
    await page.getByRole('progressbar').first().waitFor();
    await page.locator('.bottom-sheet').waitFor();
    expect.soft(await shareBesideBars()).toBeGreaterThanOrEqual(0.5);
    for (const share of [0, 0.5, 1]) {
      await page.evaluate(
        (part) => scrollTo({ top: (document.documentElement.scrollHeight - innerHeight) * part }),
        share,
      );
      await shootBoth(`strips-${name}-${share * 100}`);
      expect.soft(await uncoveredShare(), `scrolled by ${share * 100} %`).toBeGreaterThanOrEqual(0.5);
    }
    await page.getByRole('button', { name: 'Cancel' }).first().click();
  });

  it('half of the height or more is left while the bottom sheet shows why nothing was sent', async () => {
    await open({ viewport, locale: 'de-DE' });
    await page.locator('.bottom-sheet').waitFor();
    await openForm(page);
    await page.getByRole('dialog').getByRole('textbox', { name: 'Prompt' }).fill('A hill');
    const resume = await standIn(page, 'GenerateImage', refuse('INTERNAL', { id: 'report-1' }));
    await page.locator('dialog .generate').click();
    await page.locator('.bottom-sheet .error-report').waitFor();
    await resume();
    await shootBoth(`refused-${name}`);
    expect(await uncoveredShare()).toBeGreaterThanOrEqual(0.5);
  });

  it('half of the height or more is left to what is selected', async () => {
    await open({ viewport });
    await page.locator('.bottom-sheet').waitFor();
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.locator('.task-image-open').first().click();
    await page.locator('.select-bar').waitFor();
    await shootBoth(`select-${name}`);
    expect(await uncoveredShare()).toBeGreaterThanOrEqual(0.5);
  });

  it('half of the height or more is left to the fields of the form', async () => {
    await open({ viewport });
    await openForm(page);
    await page.getByRole('dialog').getByRole('textbox', { name: 'Prompt' }).waitFor();
    await shootBoth(`form-${name}`);
    expect(await scrollportShare('dialog .prompt')).toBeGreaterThanOrEqual(0.5);
  });

  it('half of the height or more is left to the large picture', async () => {
    await open({ viewport });
    await page.locator('.task-image-open').first().click();
    await page.locator('.lightbox-image-ready').waitFor();
    await shootBoth(`lightbox-${name}`);
    const box = await page.locator('.lightbox-view').boundingBox();
    expect((box?.height ?? 0) / viewport.height).toBeGreaterThanOrEqual(0.5);
    // Its actions are reachable.
    await page.getByRole('dialog').getByRole('button', { name: 'Remix' }).click();
  });

  it('half of the height or more is left to history', async () => {
    await open({ viewport });
    await page.goto(`${app.url}/history`);
    await page.locator('.task-image-open').first().waitFor();
    await page.locator('.task-image-open').first().scrollIntoViewIfNeeded();
    await shootBoth(`history-${name}`);
    expect(await uncoveredShare()).toBeGreaterThanOrEqual(0.5);
  });
});

describe('the sign for dropped files', () => {
  it.each([
    { name: 'desktop', viewport: { width: 1440, height: 900 } },
    { name: 'phone', viewport: phone },
  ])('lies above strips and the top bar ($name)', async ({ name, viewport }) => {
    await open({ viewport });
    await page.locator('.task-image-open').first().waitFor();
    await page.locator('.generate-form, .bottom-sheet').first().waitFor();
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'cliff.png', { type: 'image/png' }));
      window.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
    });
    await page.locator('.drop-sign').first().waitFor();
    await shoot(page, `layout-drop-${name}`);
    const hidden = await page.evaluate(() => {
      const sign = document.querySelector<HTMLElement>('.drop-sign')!;
      // It ignores the pointer; enable it to find where it is.
      sign.style.pointerEvents = 'auto';
      const covers = (selector: string) => {
        const { left, top, width, height } = document.querySelector(selector)!.getBoundingClientRect();
        const hit = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 200));
        return sign.contains(hit);
      };
      return ['.task-card', '.task-image-box', '.top', '.generate-form, .bottom-sheet'].filter(
        (selector) => !covers(selector),
      );
    });
    expect(hidden).toEqual([]);
  });
});

describe('in forced colours', () => {
  /** Whether two elements look alike, apart from their words. */
  const lookAlike = (one: string, other: string) =>
    page.evaluate(
      (selectors) => {
        const [first, second] = selectors.map((selector) => {
          const style = getComputedStyle(document.querySelector(selector)!);
          return [
            'backgroundColor',
            'borderTopColor',
            'borderBottomColor',
            'borderBottomStyle',
            'outlineColor',
          ]
            .map((name) => style[name as 'backgroundColor'])
            .join();
        });
        return first === second;
      },
      [one, other],
    );

  it.each(['light', 'dark'] as const)(
    'what is selected, pressed or current differs (%s)',
    async (colorScheme) => {
      await open({ forcedColors: 'active', colorScheme });
      await page.locator('.task-image-open').first().waitFor();
      await shoot(page, `layout-forced-${colorScheme}`);
      expect
        .soft(await lookAlike('.tab[aria-selected=true]', '.tab[aria-selected=false]'), 'tab')
        .toBe(false);
      expect
        .soft(await lookAlike('.page-link[aria-current]', '.page-link:not([aria-current])'), 'page')
        .toBe(false);
      await page.locator('.task-image').first().hover();
      const mark = page.locator('.task-image [aria-pressed]');
      await mark.first().click();
      expect
        .soft(await lookAlike('.task-image [aria-pressed=true]', '.task-image [aria-pressed=false]'))
        .toBe(false);
      await mark.first().click();
      await page.getByRole('button', { name: 'Select', exact: true }).click();
      await page.locator('.task-image-open').first().click();
      await page.locator('.task-image-selected').waitFor();
      await shoot(page, `layout-forced-select-${colorScheme}`);
      expect
        .soft(
          await lookAlike(
            '.task-image-selected .task-image-check',
            '.task-image:not(.task-image-selected) .task-image-check',
          ),
        )
        .toBe(false);
    },
  );

  it('layers above the page have an edge', async () => {
    await open({ forcedColors: 'active' });
    const edge = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).borderTopWidth);
    await page.locator('.task-image-open').first().waitFor();
    await page.locator('.task-card').first().getByRole('button', { name: /^More/ }).click();
    await page.locator('.more-list').getByRole('button', { name: 'Copy details' }).click();
    await page.locator('.toast').waitFor();
    expect.soft(await edge('.toast')).not.toBe('0px');
    await page.setViewportSize(phone);
    await openForm(page);
    expect.soft(await edge('dialog.dialog[open]')).not.toBe('0px');
  });
});

describe('text from right to left', () => {
  /** Elements that hold Hebrew, in their own text or as a value, and do not read from right to left. */
  const misread = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('body *')]
        .filter((element) => {
          const own = [...element.childNodes]
            .filter((node) => node.nodeType === Node.TEXT_NODE)
            .map((node) => node.textContent)
            .join('');
          const value = (element as HTMLInputElement).value ?? '';
          return (
            /^[\u0590-\u05ff]/.test(`${own}${value}`.trim()) && getComputedStyle(element).direction !== 'rtl'
          );
        })
        .map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
    );

  it('reads so wherever it is typed or shown', async () => {
    await open();
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    await prompt.fill(hebrew);
    await page.locator('.task-error-prompt').first().waitFor();
    expect.soft(await misread(), 'feed and form').toEqual([]);
    await page.getByRole('button', { name: 'Earlier prompts' }).click();
    await page.locator('.earlier-prompt').first().waitFor();
    expect.soft(await misread(), 'earlier prompts').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Open frame 1', exact: true }).click();
    await page.locator('.lightbox-prompt').waitFor();
    expect.soft(await misread(), 'lightbox').toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize(phone);
    await page.locator('.bottom-sheet-prompt').waitFor();
    expect.soft(await misread(), 'dock').toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('banner').getByRole('link', { name: 'History' }).click();
    await page.getByLabel('Search prompts').fill(hebrew);
    await page.locator('.contact-outcome').first().waitFor();
    expect.soft(await misread(), 'history').toEqual([]);
  });

  it('reads so in an account and in its sign-in', async () => {
    await openPage();
    await page.goto(app.url);
    await page.getByRole('textbox', { name: 'Prompt' }).fill(hebrew);
    await page.getByRole('button', { name: /^Generate/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('שרה כהן');
    await dialog.getByLabel('Email').fill(`${crypto.randomUUID()}@example.test`);
    await dialog.getByLabel('Password').fill('correct horse battery');
    expect.soft(await misread(), 'sign-in').toEqual([]);
    await dialog.getByRole('button', { name: 'Create account' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.locator('.account-button').click();
    await page.locator('.account-name').waitFor();
    expect.soft(await misread(), 'account menu').toEqual([]);
    await page.locator('.account-panel a').click();
    await page.getByRole('main').getByRole('table').waitFor();
    expect.soft(await misread(), 'account').toEqual([]);
  });
});

describe('on a phone', () => {
  it('the bottom sheet adds an image and shows the price from images', async () => {
    await open({ viewport: phone });
    const bottomSheet = page.locator('.bottom-sheet');
    await bottomSheet.waitFor();
    const price = bottomSheet.locator('.generate .code');
    await expect.poll(() => price.textContent()).toBe('2 cr');
    await bottomSheet.getByRole('tab', { name: 'Image to image' }).click();
    await expect.poll(() => price.textContent()).toBe('4 cr');
    await withholdUploads(page, 'hold');
    const choosing = page.waitForEvent('filechooser');
    await bottomSheet.getByRole('button', { name: 'Add image' }).click();
    await (await choosing).setFiles([await pictureFile('cliff.png')]);
    await page.getByRole('img', { name: 'Reference 1: cliff.png' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await bottomSheet.getByRole('button', { name: '1 image' }).waitFor();
    await shootBoth('phone-references');
    const generate = await price.boundingBox();
    expect((generate?.x ?? 0) + (generate?.width ?? 999)).toBeLessThanOrEqual(phone.width);
  });

  it('progress is above the bottom sheet, for one image and for four', async () => {
    for (const count of [1, 4]) {
      await open({ viewport: phone });
      await page.locator('.bottom-sheet').waitFor();
      await request('A valley sandbox:slow=9000', count);
      await page.reload();
      const bar = page.locator('.task-card .progress').first();
      await bar.waitFor();
      const bottomSheet = await page.locator('.bottom-sheet').boundingBox();
      const box = await bar.boundingBox();
      await shootBoth(`phone-progress-${count}`);
      await page.getByRole('button', { name: 'Cancel' }).first().click();
      expect.soft((box?.y ?? 9_999) + (box?.height ?? 0)).toBeLessThanOrEqual((bottomSheet?.y ?? 0) + 1);
    }
  });

  it('the bottom sheet covers neither the last task card nor what the keyboard reaches', async () => {
    await open({ viewport: phone });
    await page.locator('.bottom-sheet').waitFor();
    const last = page.locator('.task-card').last().getByRole('button').last();
    await last.focus();
    const bottomSheet = await page.locator('.bottom-sheet').boundingBox();
    const box = await last.boundingBox();
    expect((box?.y ?? 9_999) + (box?.height ?? 0)).toBeLessThanOrEqual(bottomSheet?.y ?? 0);
  });
});
