/** Pages, History and its filters, and what the tab shows while it is hidden. */
import { AxeBuilder } from '@axe-core/playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { allowErrors, app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import {
  addFiles,
  card,
  focusedName,
  generate,
  pictureFile,
  setVisibility,
  sidewaysPx,
  standIn,
  withholdUploads,
} from './steps.ts';

useApp({ SIGNUP_CREDITS: '400' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

/** Sends a request to the API as the page does, without its form. */
async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await page.request.post(`${app.url}/graphql`, {
    data: { query, variables },
    headers: { origin: app.url },
  });
  const body = (await response.json()) as { data: Data; errors?: { message: string }[] };
  if (body.errors) throw new Error(body.errors.map(({ message }) => message).join('; '));
  return body.data;
}

/** Generates images for each prompt, oldest first, and waits until all have ended. */
async function make(prompts: readonly string[], count = 1): Promise<void> {
  const { models } = await ask<{ models: { id: string }[] }>('{ models(scene: TEXT_TO_IMAGE) { id } }');
  for (const prompt of prompts)
    await ask('mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }', {
      input: { prompt, model: models[0]?.id, scene: 'TEXT_TO_IMAGE', options: { count } },
    });
  const unfinished = '{ viewer { tasks(filter: { status: [PENDING, PROCESSING] }) { totalCount } } }';
  await expect
    .poll(async () => (await ask<{ viewer: { tasks: object } }>(unfinished)).viewer.tasks, {
      timeout: 60_000,
      interval: 200,
    })
    .toEqual({ totalCount: 0 });
}

const openHistory = async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'History' }).click();
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
};
const patience = { timeout: 20_000 };
const frames = () => page.getByRole('list', { name: /^Frames of/ }).getByRole('listitem');
const seesImages = (count: number) => expect.poll(() => frames().count(), patience).toBe(count);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Study number ${index + 1} sandbox:plain`);

describe('History', () => {
  it('is empty at first, finds prompts by their words, and reports an empty result', async () => {
    await openHistory();
    await page.getByText('Nothing here yet. Everything you make is kept here by day.').waitFor();
    await make(['A harbour in fog sandbox:plain', 'A vase sandbox:plain', 'A blocked one sandbox:blocked']);
    await page.reload();
    await seesImages(3);
    await shoot(page, 'history');

    await page.getByRole('searchbox', { name: 'Search prompts' }).fill('FOG');
    await seesImages(1);
    expect(new URL(page.url()).search).toBe('?search=FOG');
    await page.getByRole('searchbox', { name: 'Search prompts' }).fill('lighthouse');
    await page.getByText("No prompts mention 'lighthouse'.").waitFor();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await seesImages(3);
    await expect.poll(() => page.getByRole('searchbox', { name: 'Search prompts' }).inputValue()).toBe('');
  });

  it('filters by outcome and by mark, and keeps the filter in the address', async () => {
    await make(['One sandbox:plain', 'Two sandbox:plain', 'Three sandbox:blocked']);
    await openHistory();
    await seesImages(3);
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('FAILED');
    await seesImages(1);
    await frames().getByText('Did not develop').waitFor();
    await page.reload();
    await seesImages(1);
    await page.getByRole('combobox', { name: 'Started from' }).selectOption('IMAGE_TO_IMAGE');
    await page.getByText('Nothing fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await seesImages(3);

    await page.getByLabel('Up to').fill('2020-02-29');
    await page.getByText('Nothing fits these filters.').waitFor();
    await page.getByLabel('Up to').fill('');
    await seesImages(3);
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download all' }).click();
    expect((await saved).suggestedFilename()).toBe('proofsheet-images.zip');
    expect(await (await saved).failure()).toBeNull();

    await page.getByRole('checkbox', { name: 'Marked only' }).check();
    await page.getByText('No marked frames here. Circle the ones you want to keep.').waitFor();
    await page.getByRole('checkbox', { name: 'Marked only' }).uncheck();
    await page.getByRole('button', { name: 'Open frame 2' }).focus();
    await page.keyboard.press('m');
    await page.getByRole('checkbox', { name: 'Marked only' }).check();
    await seesImages(1);
    await page.getByRole('button', { name: 'Open frame 2' }).waitFor();
  });

  it('keeps marks in the account, and takes over those that an earlier version kept in the browser', async () => {
    await make(['One sandbox:plain', 'Two sandbox:plain']);
    await openHistory();
    await seesImages(2);
    const isStored = page.waitForResponse(
      (response) => response.request().postData()?.includes('SetImageFavorite') ?? false,
    );
    await page.getByRole('button', { name: 'Open frame 2' }).focus();
    await page.keyboard.press('m');
    await page.locator('.favorite-ring').waitFor();
    expect(await focusedName(page)).toBe('Open frame 2');
    await isStored;
    const { viewer } = await ask<{ viewer: { id: string; images: { nodes: { id: string }[] } } }>(
      '{ viewer { id images(filter: { favorite: false }) { nodes { id } } } }',
    );
    expect(viewer.images.nodes).toHaveLength(1);
    await page.evaluate(
      ([key, marks]) => {
        localStorage.clear();
        localStorage.setItem(key!, marks!);
      },
      [`proofsheet.marks.${viewer.id}`, JSON.stringify([viewer.images.nodes[0]!.id, 'gone'])],
    );
    await page.reload();
    await expect.poll(() => page.locator('.favorite-ring').count(), patience).toBe(2);
    await expect
      .poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('marks'))))
      .toEqual([]);
  });

  it('shows marks on the page of one task, where they can be taken back', async () => {
    await make(['One sandbox:plain']);
    const { viewer } = await ask<{ viewer: { tasks: { nodes: { id: string }[] } } }>(
      '{ viewer { tasks { nodes { id } } } }',
    );
    await page.goto(`${app.url}/history?task=${viewer.tasks.nodes[0]!.id}`);
    await page.getByRole('button', { name: /^Open frame/ }).focus();
    await page.keyboard.press('m');
    await page.locator('.favorite-ring').waitFor();
    await page.keyboard.press('m');
    await page.locator('.favorite-ring').waitFor({ state: 'detached' });
  });

  it('says so and takes the mark back where the server does not store it', async () => {
    allowErrors('ERR_FAILED');
    await make(['One sandbox:plain']);
    await openHistory();
    await seesImages(1);
    const mend = await standIn(page, 'SetImageFavorite', (route) => route.abort());
    await page.getByRole('button', { name: 'Open frame 1' }).focus();
    await page.keyboard.press('m');
    await page.getByText('The mark was not stored.').waitFor();
    await expect.poll(() => page.locator('.favorite-ring').count()).toBe(0);
    await mend();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.favorite-ring').waitFor();
  });

  it('loads more as its end comes near, and Back restores the scroll position', async () => {
    await make(numbered(60));
    await page.setViewportSize({ width: 390, height: 700 });
    await openHistory();
    await expect.poll(() => frames().count(), patience).toBeGreaterThanOrEqual(24);
    for (let count = await frames().count(); count < 60; count = await frames().count()) {
      // Not by the wheel, whose scroll is animated.
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await expect.poll(() => frames().count(), patience).toBeGreaterThan(count);
    }
    await page.getByText('That is everything.').waitFor();
    await page.evaluate(() => {
      // In one evaluation: the scroll event comes with the next frame.
      window.scrollTo(0, 900);
      document.querySelector<HTMLElement>('.balance')?.click();
    });
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.goBack();
    await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBe(900);
    expect(await frames().count()).toBe(60);
  });

  it('shows the requests as a list too, with what can be done, and keeps that in the address', async () => {
    await make(['A harbour sandbox:plain', 'A blocked one sandbox:blocked']);
    await openHistory();
    await seesImages(2);
    await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'List' }).click();
    const rows = page.getByRole('list', { name: 'Requests of Today' }).locator('.task-row');
    await expect.poll(() => rows.count(), patience).toBe(2);
    expect(await rows.nth(0).innerText()).toMatch(
      /A blocked one[^]*Did not develop · FLUX Schnell · 0 credits/,
    );
    expect(await rows.nth(1).innerText()).toMatch(/A harbour[^]*FLUX Schnell · 2 credits/);
    await shoot(page, 'history-list');
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await expect.poll(() => rows.count(), patience).toBe(2);
    expect(await sidewaysPx(page)).toBe(0);
    await shoot(page, 'history-list-phone');
    await rows.nth(1).getByRole('button', { name: 'Open frame 1' }).click();
    await page.getByRole('dialog', { name: 'Frame 1' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Frame 1' }).waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Open frame 1');
    await rows.nth(0).getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => rows.count()).toBe(2);
  });

  it('draws what is near only, and leads by keys to what is not', async () => {
    await make(numbered(36), 4);
    await page.setViewportSize({ width: 390, height: 700 });
    await openHistory();
    const end = page.getByText('That is everything.');
    await expect
      .poll(async () => {
        await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
        return end.isVisible();
      }, patience)
      .toBe(true);
    const emptyRuns = async () => {
      // The last page may have come after the last scroll.
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      return page.locator('.contact-run:empty').count();
    };
    await expect.poll(emptyRuns, patience).toBeGreaterThan(0);
    const height = await page.evaluate(() => document.body.scrollHeight);
    expect(await frames().count()).toBeLessThan(144);
    // By the prompt, as the number of a task depends on what the page knew when it came.
    const focusedPrompt = () =>
      page.evaluate(() => document.activeElement?.closest('.task-image')?.querySelector('img')?.alt ?? '');
    const [newest, oldest] = [/: Study number 36 /, /C: Study number 1 /];
    await page.locator('.task-image-open').last().focus();
    expect(await focusedPrompt()).toMatch(oldest);
    await page.keyboard.press('Home');
    await expect.poll(focusedPrompt).toMatch(newest);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('1 of 144').waitFor();
    await page.keyboard.press('End');
    await page.getByRole('dialog').getByText('144 of 144').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(focusedPrompt).toMatch(oldest);
    await page.keyboard.press('Home');
    await expect.poll(focusedPrompt).toMatch(newest);
    await page.keyboard.press('End');
    await expect.poll(focusedPrompt).toMatch(oldest);
    expect(await page.evaluate(() => document.body.scrollHeight)).toBe(height);
  });

  it('loads more by the button without an IntersectionObserver, and again after a failure', async () => {
    allowErrors('ERR_FAILED');
    await make(numbered(30));
    await page.addInitScript(() => Reflect.deleteProperty(window, 'IntersectionObserver'));
    await page.goto(`${app.url}/history`);
    await seesImages(24);
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('alert').getByText('Earlier images did not load.').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await seesImages(30);
  });
});

describe('the account', () => {
  it('lists every credit entry, and leads to its request', async () => {
    await make(['A harbour sandbox:plain', 'A blocked one sandbox:blocked']);
    await page.reload();
    await page
      .getByRole('banner')
      .getByRole('link', { name: /credits/ })
      .click();
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor();
    const lines = page.getByRole('table', { name: 'Credits in and out' }).getByRole('row');
    await expect.poll(() => lines.count(), patience).toBe(5);
    const texts = (await lines.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts[1]).toMatch(/^Credits back A blocked one sandbox:blocked .*\+2 398$/);
    expect(texts[4]).toMatch(/^Credits added .*\+400 400$/);
    await shoot(page, 'account');
    await page.getByRole('link', { name: 'A harbour sandbox:plain' }).click();
    await page.getByText('This is the request behind the line in your ledger.').waitFor();
    await seesImages(1);
    await page.goBack();
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in to see your account.').waitFor();
  });
});

describe('two tabs', () => {
  it('agree on created, deleted and marked images, and on the session', async () => {
    const other = await context.newPage();
    await other.goto(app.url);
    await other.getByRole('banner').getByText('400').waitFor();
    await generate(page, 'A harbour sandbox:plain');
    const seen = card(other, 1);
    await seen.waitFor();
    await seen.getByRole('button', { name: 'Open frame 1' }).waitFor();
    await other.getByRole('banner').getByText('398').waitFor();

    await seen.getByRole('button', { name: 'Open frame 1' }).focus();
    await other.keyboard.press('m');
    await page.locator('.favorite-ring').waitFor();

    await page.getByRole('button', { name: 'Open frame 1' }).focus();
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await seen.waitFor({ state: 'detached' });

    await page.getByRole('banner').getByRole('button', { name: 'Account of Tester' }).click();
    await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await other.getByText('You were signed out. Nothing was lost.').first().waitFor();
    await other.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

describe('a tab in the background', () => {
  it('shows the progress in its title, then the end, with a dot on its icon until it is visible', async () => {
    await generate(page, 'A harbour sandbox:slow=400');
    await page.getByRole('progressbar').waitFor();
    await setVisibility(page, 'hidden');
    await expect.poll(() => page.title(), patience).toMatch(/^\(\d+%\) A harbour/);
    await expect.poll(() => page.title(), patience).toBe('Done: A harbour sandbox:slow=400');
    const icon = () => page.locator('link[rel="icon"]').getAttribute('href');
    expect(await icon()).toContain('favicon-dot.svg');
    await setVisibility(page, 'visible');
    await expect.poll(() => page.title(), patience).toBe('Create — Proofsheet');
    expect(await icon()).toBe('/favicon.svg');
  });
});

describe('a newer version', () => {
  const offer = () => page.getByText('A newer version is ready.');

  /** Puts it on the server, and makes the page visible again. Resolves once the page knows of it. */
  async function publish(): Promise<void> {
    await page.route('**/build.txt', (route) => route.fulfill({ body: '0123456789abcdef\n' }));
    await page.evaluate(async () => {
      document.dispatchEvent(new Event('visibilitychange'));
      // Requested after the page's request, so answered after it.
      await (await fetch('/build.txt', { cache: 'no-store' })).text();
    });
  }

  it('is offered when the page becomes visible, until dismissed', async () => {
    await publish();
    await offer().waitFor();
    await page.getByRole('button', { name: 'Reload' }).click();
    await offer().waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1 }).waitFor();
  });

  it('is not offered while a reload would lose an upload, but right after it', async () => {
    await withholdUploads(page, 'hold');
    await addFiles(page, await pictureFile('cliff.png'));
    await page.getByRole('progressbar', { name: 'Uploading cliff.png' }).waitFor();
    await publish();
    expect(await offer().count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Reload' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel upload of cliff.png' }).click();
    await offer().waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
  });
});
