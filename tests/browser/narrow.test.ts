/** 320 px, which is also a zoom of 400 %: nothing overflows, in the longest words of each language and in any state. */
import { describe, expect, it } from 'vitest';
import { guardSockets } from './browser.ts';
import { allowErrors, app, context, openPage, page, useApp } from './fixture.ts';
import { graphqlInPage, pictureFile, signUpByApi, withholdUploads } from './steps.ts';

const languages = { en: 'en-GB', de: 'de-DE' } as const;

useApp({ SANDBOX_SPEED: '10', SIGNUP_CREDITS: '200', TASK_TIMEOUT_MS: '3000000' });

async function open(locale: string, options: { isVisitor?: boolean } = {}): Promise<void> {
  await openPage({ viewport: { width: 320, height: 844 }, locale });
  if (!options.isVisitor) await signUpByApi(context, app.url);
  await page.goto(app.url);
  await page.locator('.bottom-sheet').waitFor();
}

async function request(prompt: string, count = 1): Promise<void> {
  const input = {
    model: 'black-forest-labs/flux-schnell',
    scene: 'TEXT_TO_IMAGE',
    prompt,
    options: { count },
  };
  const mutation = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';
  await graphqlInPage(page, mutation, { input });
}

/** One task card of each kind, the newest unfinished: a head with all its parts. */
async function fillFeed(): Promise<void> {
  await request('Something sandbox:blocked');
  await request('A lighthouse on a cliff at dusk sandbox:plain', 3);
  await request('A harbour sandbox:plain');
  await request('A valley with a name as long as Donaudampfschifffahrtsgesellschaft sandbox:slow=5000', 2);
  await page.reload();
  await page.locator('.task-error').waitFor();
  await expect.poll(() => page.locator('.task-image-actions').count()).toBe(4);
  await page.locator('.developing').waitFor();
}

/** Elements that end beyond the right edge of the window, and controls whose text does not fit. */
const stickingOut = () =>
  page.evaluate(async () => {
    await document.fonts.ready;
    const { clientWidth, scrollWidth } = document.documentElement;
    const found = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => {
      const { right, width } = element.getBoundingClientRect();
      if (width <= 1) return false;
      // An ellipsis is on purpose.
      const isCut =
        element.scrollWidth > element.clientWidth + 1 &&
        getComputedStyle(element).textOverflow !== 'ellipsis';
      return right > clientWidth + 0.5 || (isCut && element.matches('button, a.button, select'));
    });
    const names = found.map(({ tagName, className, textContent }) =>
      `${tagName.toLowerCase()}.${className}: ${textContent}`.slice(0, 80),
    );
    return scrollWidth > clientWidth ? [`the page by ${scrollWidth - clientWidth} px`, ...names] : names;
  });

describe.each(Object.entries(languages))('at 320 px in %s', (language, locale) => {
  it('the first page fits, and its form', async () => {
    await open(locale, { isVisitor: true });
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language);
    await page.locator('.empty').waitFor();
    expect.soft(await stickingOut(), 'empty').toEqual([]);
    await page.locator('.bottom-sheet-model').click();
    await page.locator('.generate:visible').last().waitFor();
    expect.soft(await stickingOut(), 'form').toEqual([]);
    await withholdUploads(page, 'fail');
    await page.getByRole('tab').last().click();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([await pictureFile('a-picture-with-a-rather-long-name.png')]);
    await page.locator('.reference').first().waitFor();
    expect.soft(await stickingOut(), 'references').toEqual([]);
  });

  it('task cards of every kind fit, with their layers', async () => {
    await open(locale);
    await page.locator('.empty').waitFor();
    expect.soft(await stickingOut(), 'empty, signed in').toEqual([]);
    await fillFeed();
    expect.soft(await stickingOut(), 'strips').toEqual([]);
    await page.locator('.day-actions .button').first().click();
    await page.locator('.task-image-open').first().click();
    await page.locator('.select-bar .button').nth(2).waitFor();
    expect.soft(await stickingOut(), 'selecting').toEqual([]);
    await page.locator('.select-bar .button').last().click();
    const menu = page
      .locator('.task-card')
      .filter({ has: page.locator('.task-image-actions') })
      .first();
    await menu.locator('.more > button').click();
    await menu.locator('.more-list').waitFor();
    expect.soft(await stickingOut(), 'menu').toEqual([]);
    await menu.locator('.more-list .button').last().click();
    await page.locator('.toast').first().waitFor();
    expect.soft(await stickingOut(), 'notice with undo').toEqual([]);
    await page.locator('.task-image-open').first().click();
    await page.locator('.lightbox').waitFor();
    expect.soft(await stickingOut(), 'lightbox').toEqual([]);
  });

  it('the state of the connection fits', async () => {
    allowErrors('WebSocket', 'ERR_INTERNET_DISCONNECTED');
    await open(locale);
    await fillFeed();
    // The idle page had a connection before.
    const sockets = await guardSockets(page);
    await page.reload();
    await page.locator('.developing').waitFor();
    await expect.poll(() => sockets.count).toBe(1);
    sockets.cut();
    const line = page.locator('.connection');
    await expect.poll(() => line.textContent()).toMatch(/5 s/);
    expect.soft(await stickingOut(), 'asking every 5 s').toEqual([]);
    await context.setOffline(true);
    await expect.poll(() => line.textContent()).toMatch(/offline/);
    expect.soft(await stickingOut(), 'offline').toEqual([]);
  });

  it.each(['/history', '/account'])('%s fits', async (path) => {
    await open(locale);
    await fillFeed();
    await page.goto(app.url + path);
    await page.locator('main .task-image-open, main table').first().waitFor();
    expect(await stickingOut()).toEqual([]);
  });
});
