/**
 * On plain http by host name, as in a home network, browsers withhold parts of the platform (`crypto.randomUUID`, the
 * clipboard, notifications), and the server does not know the address.
 */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeEach, expect, it } from 'vitest';
import { shoot, signUpInPage } from './browser.ts';
import { allowErrors, app, openPage, page, useApp } from './fixture.ts';
import { addFiles, developed, pictureFile, prompt, send, card } from './steps.ts';

const host = 'nas.local';
useApp({ SANDBOX_SPEED: '10', POLL_INTERVAL_MS: '200', SIGNUP_CREDITS: '40' }, [
  `--host-resolver-rules=MAP ${host} 127.0.0.1`,
]);
const address = () => `http://${host}:${new URL(app.url).port}`;

beforeEach(async () => {
  // A header for secure pages only.
  allowErrors('Cross-Origin-Opener-Policy');
  await openPage();
  await page.goto(address());
});

it('the whole journey: sign up, add a picture, generate, see and download the result', async () => {
  expect(await page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([
    false,
    'undefined',
  ]);
  await signUpInPage(page);
  await addFiles(page, await pictureFile('green.png'));
  await page.getByText(/^1 of \d+ ready$/).waitFor();
  await prompt(page).fill('At night sandbox:plain');
  await send(page);
  await developed(page, 1);
  const picture = card(page, 1).getByRole('img').first();
  await expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);
  // To the browser of another machine, `localhost` is that machine.
  expect(await picture.evaluate((element: HTMLImageElement) => new URL(element.src).origin)).toBe(address());
  await shoot(page, 'insecure');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    card(page, 1).getByRole('link', { name: 'Download frame 1' }).click(),
  ]);
  expect((await sharp(await readFile(await download.path())).metadata()).width).toBeGreaterThan(0);
});

it('explains what the browser withholds: notifications and the clipboard', async () => {
  await signUpInPage(page);
  await prompt(page).fill('A hill sandbox:plain');
  await send(page);
  await developed(page, 1);
  await card(page, 1).getByRole('button', { name: /^More/ }).click();
  await card(page, 1).getByRole('button', { name: 'Copy details' }).click();
  await page.getByText(/^The details could not be copied: Request /).waitFor();
  await page.goto(`${address()}/account`);
  await page.getByText('Browsers show notifications only for pages that were opened by https.').waitFor();
});
