/** A picture that is shared from the large view, seen without scripts and an account, and no longer. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { card, developed, generate, sidewaysPx } from './steps.ts';
import { shoot } from './browser.ts';

useApp({ SANDBOX_SPEED: '40' });

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const screens = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

/** In both themes, wide and narrow. */
async function expectAccessible(name: string, shown: Page = page): Promise<void> {
  for (const { colorScheme, ...size } of screens) {
    await shown.setViewportSize(size);
    await shown.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (process.env['SHOTS']) await shoot(shown, `${name}-${colorScheme}-${size.width}`);
    const { violations } = await new AxeBuilder({ page: shown }).withTags(tags).setLegacyMode().analyze();
    expect({
      name,
      colorScheme,
      ...size,
      violations: violations.map(({ id, nodes }) => [id, nodes]),
    }).toEqual({
      name,
      colorScheme,
      ...size,
      violations: [],
    });
    expect(await sidewaysPx(shown)).toBe(0);
  }
  await shown.setViewportSize({ width: 1440, height: 900 });
  await shown.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

/** Reads the address without a session and without JavaScript. */
async function openAsStranger(url: string) {
  const stranger = await context.browser()!.newContext({ javaScriptEnabled: false, locale: 'en-US' });
  const shown = await stranger.newPage();
  const answer = await shown.goto(url);
  return { shown, status: answer?.status(), close: () => stranger.close() };
}

const dialog = (name: string) => page.getByRole('dialog', { name });

it('is shown at an address without scripts, until it is revoked on the account page', async () => {
  await openPage();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSignedIn();
  await generate(page, 'A lighthouse <b>on</b> a cliff', 2);
  await developed(page, 1);
  await page.getByRole('button', { name: 'Open frame 1A' }).click();
  await dialog('Frame 1A').getByRole('button', { name: 'Share' }).click();
  const share = dialog('Share this image');
  await share.getByText('Everybody with the address can see this').waitFor();
  await expectAccessible('share-dialog');
  await share.getByRole('button', { name: 'Create link' }).click();
  await share.getByRole('button', { name: 'Copy', exact: true }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Copy');
  await expectAccessible('share-dialog-link');
  await page.keyboard.press('Enter');
  await page.getByText('Address copied.').waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  expect(await share.getByLabel('Address').inputValue()).toBe(url);
  expect(new URL(url).origin).toBe(new URL(app.url).origin);
  await page.keyboard.press('Escape');
  await dialog('Frame 1A').waitFor();

  const stranger = await openAsStranger(url);
  expect(stranger.status).toBe(200);
  const { shown } = stranger;
  await shown.getByRole('heading', { name: 'A lighthouse <b>on</b> a cliff' }).waitFor();
  const picture = shown.getByRole('img');
  expect(await picture.count()).toBe(1);
  const [ratio, natural] = await Promise.all([
    picture.evaluate((image: HTMLImageElement) => image.clientWidth / image.clientHeight),
    picture.evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight),
  ]);
  expect(ratio).toBeCloseTo(natural, 2);
  await stranger.close();
  // axe is a script.
  const visitor = await context.browser()!.newContext({ bypassCSP: true });
  const seen = await visitor.newPage();
  await seen.goto(url);
  await expectAccessible('shared-page', seen);
  await visitor.close();

  await page.goto(`${app.url}/account`);
  const links = page.getByRole('region', { name: 'Shared links' });
  await links.getByText('1 image, with the prompt').waitFor();
  await expectAccessible('account-links');
  await links.getByRole('button', { name: /^Stop sharing/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
  await links.getByText('You share nothing.').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Shared links');
  const late = await openAsStranger(url);
  expect(late.status).toBe(404);
  await late.shown.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
  await late.close();
});

it('shares a request from its card, without the prompt, and stops there', async () => {
  await openPage();
  await openSignedIn();
  await generate(page, 'A secret recipe', 2);
  await developed(page, 1);
  const more = card(page, 1).getByRole('button', { name: /^More/ });
  await more.click();
  await card(page, 1).getByRole('button', { name: 'Share' }).click();
  const share = dialog('Share 2 images');
  await share.getByLabel('Show the prompt').uncheck();
  await share.getByRole('button', { name: 'Create link' }).click();
  const url = await share.getByLabel('Address').inputValue();
  const stranger = await openAsStranger(url);
  expect(await stranger.shown.getByRole('img').count()).toBe(2);
  expect(await stranger.shown.content()).not.toContain('secret recipe');
  await page.keyboard.press('Escape');
  await expect.poll(() => more.evaluate((button) => button === document.activeElement)).toBe(true);

  await more.click();
  await card(page, 1).getByRole('button', { name: 'Share' }).click();
  // As it was left.
  await expect.poll(() => share.getByLabel('Address').inputValue()).toBe(url);
  expect(await share.getByLabel('Show the prompt').isChecked()).toBe(false);
  await share.getByLabel('Show the prompt').check();
  await share.getByText('There is also a link without the prompt.').waitFor();
  await share.getByLabel('Show the prompt').uncheck();
  await share.getByRole('button', { name: 'Stop sharing' }).click();
  await share.getByRole('button', { name: 'Create link' }).waitFor();
  expect((await stranger.shown.reload())?.status()).toBe(404);
  await stranger.close();
});

it('copies a request as a call of the API', async () => {
  await openPage();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSignedIn();
  await generate(page, "It's a kite");
  await developed(page, 1);
  await card(page, 1).getByRole('button', { name: /^More/ }).click();
  await card(page, 1).getByRole('button', { name: 'Copy as API call' }).click();
  const call = dialog('The same request by API');
  await call.getByRole('tab', { name: 'GraphQL' }).click();
  await call.getByRole('button', { name: 'Copy: Variables' }).click();
  const { input } = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
    input: object;
  };
  expect(input).toMatchObject({ model: 'black-forest-labs/flux-schnell', prompt: "It's a kite" });
  await call.getByRole('tab', { name: 'curl' }).click();
  await call.getByText('data-binary').waitFor();
  await expectAccessible('api-call');
});
