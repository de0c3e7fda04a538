/** The first visit, and the page on a phone: installed, without a connection, on its side. */
import { AxeBuilder } from '@axe-core/playwright';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { shoot, signInInPage, signUpInPage } from './browser.ts';
import { allowErrors, app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { card, developed, graphqlInPage, pictureFile, prompt } from './steps.ts';

const phone = { width: 390, height: 844 };

useApp({ SIGNUP_CREDITS: '20', SANDBOX_SPEED: '10', TASK_TIMEOUT_MS: '3000000' });

async function expectAccessible(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `phone-${name}-${colorScheme}`);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

async function request(text: string, count = 1): Promise<void> {
  const model = 'black-forest-labs/flux-schnell';
  const input = { model, scene: 'TEXT_TO_IMAGE', prompt: text, options: { count } };
  const mutation = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';
  await graphqlInPage(page, mutation, { input });
}

const keptAddresses = () =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().map(({ url }) => new URL(url).pathname);
  });
const keptTasks = () =>
  page.evaluate(async () => {
    const list = await caches.match('/last-feed/tasks.json');
    return list && ((await list.json()) as { tasks: unknown[] }).tasks.length;
  });

it('can be installed: the manifest, its icons and the worker are served as browsers want them', async () => {
  await openPage();
  await page.goto(app.url);
  await page.locator('link[rel="manifest"][href="/manifest.webmanifest"]').waitFor({ state: 'attached' });
  const manifest = await page.request.get(`${app.url}/manifest.webmanifest`);
  expect(manifest.headers()['content-type']).toContain('application/manifest+json');
  const { icons } = (await manifest.json()) as { icons: { src: string; sizes: string }[] };
  for (const { src, sizes } of [...icons, { src: '/icons/apple-touch-icon.png', sizes: '180x180' }]) {
    const { width, height } = await sharp(await (await page.request.get(app.url + src)).body()).metadata();
    expect([src, `${width}x${height}`]).toEqual([src, sizes === 'any' ? '16x16' : sizes]);
  }
  const worker = await page.request.get(`${app.url}/service-worker.js`);
  expect(worker.headers()).toMatchObject({
    'content-type': expect.stringContaining('javascript'),
    'cache-control': 'no-cache',
  });
});

it('starts without a connection with the last feed of this user, which goes with the session', async () => {
  allowErrors('ERR_INTERNET_DISCONNECTED', 'WebSocket');
  await openPage({ serviceWorkers: 'allow', viewport: phone });
  const email = await openSignedIn();
  await request('A lighthouse on a cliff sandbox:plain');
  await developed(page, 1);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(keptTasks).toBe(1);
  expect((await keptAddresses()).filter((path) => /^\/(graphql|api|files|s)\b/.test(path))).toEqual([]);

  await context.setOffline(true);
  await page.reload();
  await page.getByRole('heading', { name: 'Your last images' }).waitFor();
  const picture = page.getByRole('img', { name: /^Frame 1: A lighthouse/ });
  await expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);
  await expectAccessible('offline');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Your last images' }).count()).toBe(0);
  await page.goBack();
  await page.getByRole('heading', { name: 'Your last images' }).waitFor();

  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Your last images' }).waitFor({ state: 'detached' });
  await card(page, 1).waitFor();
  await page.locator('.account-button').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Describe a picture. Watch it develop.').waitFor();
  await expect.poll(keptTasks).toBe(undefined);
  await context.setOffline(true);
  await page.reload();
  await page.getByText('Describe a picture. Watch it develop.').waitFor();
  await page.getByText('The server could not be reached.').first().waitFor();
  expect((await keptAddresses()).filter((path) => path.startsWith('/last-feed'))).toEqual([]);
  await context.setOffline(false);
  await signInInPage(page, email);
});

it('tells a visitor what it costs and which model suits what, and starts from a picture without sending', async () => {
  await openPage();
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  await page.goto(app.url);
  const main = page.getByRole('main');
  await main.getByText('20 credits free when you sign up. No card needed.').waitFor();
  const { data } = (await (
    await page.request.post(`${app.url}/graphql`, {
      data: { query: '{ models { label costCredits(scene: TEXT_TO_IMAGE) } }' },
      headers: { origin: app.url },
    })
  ).json()) as { data: { models: { label: string }[] } };
  const lines = main.getByRole('list', { name: 'Which model suits what' }).getByRole('listitem');
  await expect.poll(() => lines.count()).toBe(data.models.length);
  for (const { label } of data.models) await lines.filter({ hasText: label }).waitFor();
  await expectAccessible('first-visit');

  await main.getByRole('button', { name: /The same vase/ }).click();
  await expect.poll(() => prompt(page).inputValue()).toContain('The same vase');
  await page.getByRole('tab', { name: 'Image to image', selected: true }).waitFor();
  await page.locator('.reference img').waitFor();
  expect(sent.filter((body) => body.includes('GenerateImage'))).toEqual([]);

  await page.getByRole('button', { name: /^Generate/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Create an account to develop this' }).waitFor();
  await dialog.getByText('20 credits free when you sign up').waitFor();
  await expectAccessible('sign-up');
  await dialog.getByRole('button', { name: 'I already have an account' }).click();
  await dialog.getByRole('heading', { name: 'Sign in to develop this' }).waitFor();
  await page.getByRole('button', { name: 'Keep editing' }).click();
  // With an account known to the browser it is the other way round.
  await signUpInPage(page);
  await context.clearCookies();
  await page.reload();
  await page.getByRole('tab', { name: 'Text to image' }).click();
  await page.getByRole('button', { name: /^Generate/ }).click();
  await dialog.getByRole('heading', { name: 'Sign in to develop this' }).waitFor();
});

it('shows progress and references in the bar, and the bar makes room on a phone on its side', async () => {
  await openPage({ viewport: phone });
  await openSignedIn();
  await request('A valley sandbox:slow=9000', 4);
  const bar = page.locator('.bottom-sheet');
  await bar
    .locator('.sheet-progress')
    .first()
    .getByText(/^Developing 1 · \d+%$/)
    .waitFor();
  await page.locator('.bottom-sheet').getByRole('tab', { name: 'Image to image' }).click();
  await page.locator('.bottom-sheet input[type=file]').setInputFiles([await pictureFile('green.png')]);
  await page
    .getByRole('dialog')
    .getByText(/^Developing 1 · \d+%$/)
    .waitFor();
  await expectAccessible('open-sheet');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await bar.locator('.bottom-sheet-thumbs img').waitFor();
  await expectAccessible('bar');

  await page.setViewportSize({ width: 844, height: 390 });
  const isShown = () => bar.evaluate((element) => element.getBoundingClientRect().top < innerHeight - 4);
  expect(await isShown()).toBe(true);
  // One row, with the references and the progress.
  expect((await bar.boundingBox())!.height).toBeLessThan(70);
  await shoot(page, 'phone-landscape-bar');
  await page.mouse.move(400, 200);
  await page.mouse.wheel(0, 300);
  await expect.poll(isShown).toBe(false);
  await shoot(page, 'phone-landscape-scrolled');
  await page.mouse.wheel(0, -120);
  await expect.poll(isShown).toBe(true);
  await page.mouse.wheel(0, 120);
  await expect.poll(isShown).toBe(false);
  // The keyboard brings it back.
  await page.keyboard.press('Tab');
  await bar.locator('.bottom-sheet-prompt').focus();
  await expect.poll(isShown).toBe(true);
});
