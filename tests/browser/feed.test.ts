/** What a user does with task cards and images: view, mark, reuse, save, delete. */
import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { allowErrors, app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { addFiles, developed, focusedName, generate, pictureFile, prompt, card } from './steps.ts';

useApp({ SANDBOX_SPEED: '10', POLL_INTERVAL_MS: '200', SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const frame = (code: string) => page.getByRole('button', { name: `Open frame ${code}`, exact: true });
const lightbox = () => page.getByRole('dialog', { name: /^Frame/ });

/** Creates a task whose images cost the sandbox little. */
const make = (text: string, count = 1) => generate(page, `${text} sandbox:plain`, count);

describe('a task card', () => {
  it('appears with the press, in its final size, and leaves the focus in the prompt', async () => {
    await prompt(page).fill('A valley sandbox:slow=60');
    await page.getByLabel('Images', { exact: true }).selectOption('3');
    await prompt(page).focus();
    const heights = await page.evaluate(async () => {
      const prompt = document.activeElement;
      const height = () => document.querySelector('.task-card')?.getBoundingClientRect().height;
      prompt?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }),
      );
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return { first: height(), isFocused: document.activeElement === prompt };
    });
    expect(heights.first).toBeGreaterThan(300);
    expect(heights.isFocused).toBe(true);
    const height = async () => (await card(page, 1).boundingBox())?.height ?? 0;
    await card(page, 1).getByRole('progressbar').waitFor();
    expect(Math.abs((await height()) - (heights.first ?? 0))).toBeLessThan(1);
    await developed(page, 1);
    expect(Math.abs((await height()) - (heights.first ?? 0))).toBeLessThan(1);
  });

  it('can be cancelled, shows it, and keeps the focus', async () => {
    await make('A valley sandbox:slow=120');
    const cancel = card(page, 1).getByRole('button', { name: 'Cancel' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await card(page, 1).getByText('Cancelled.').waitFor();
    await card(page, 1)
      .getByText(/Your \d+ credits are back\./)
      .waitFor();
    expect(await focusedName(page)).toBe('Request 1');
    await card(page, 1).getByRole('button', { name: 'Try again' }).waitFor();
  });

  it('with fewer images than requested shows how many, and the refund', async () => {
    await make('A valley sandbox:fewer', 3);
    await developed(page, 1);
    await card(page, 1).getByText('2 of 3 images came back.').waitFor();
    await card(page, 1).getByText('Not made').waitFor();
    expect(
      await card(page, 1)
        .getByRole('link', { name: /^Download frame/ })
        .count(),
    ).toBe(2);
  });

  it('fills the form by Remix, without the seed, and by Same seed with it', async () => {
    await page.getByText('More options').click();
    await page.getByLabel('Seed').fill('42');
    await make('Mountains', 2);
    await developed(page, 1);
    await prompt(page).fill('Something else');
    await page.getByLabel('Images', { exact: true }).selectOption('1');
    await card(page, 1).getByRole('button', { name: 'Remix' }).click();
    // The prefill is lazy-loaded.
    await expect.poll(() => prompt(page).inputValue()).toBe('Mountains sandbox:plain');
    await expect.poll(() => page.getByLabel('Images', { exact: true }).inputValue()).toBe('2');
    await expect.poll(() => page.getByLabel('Seed').inputValue()).toBe('');
    await card(page, 1).getByRole('button', { name: /^More/ }).click();
    await card(page, 1).getByRole('button', { name: 'Same seed' }).click();
    await expect.poll(() => page.getByLabel('Seed').inputValue()).toBe('42');
    // The replaced prompt is not lost.
    const notices = page.getByRole('status', { name: 'Notices' });
    await notices.getByText('Your draft was replaced.').waitFor();
    await shoot(page, 'draft-replaced');
    await notices.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => prompt(page).inputValue()).toBe('Something else');
    await expect.poll(() => page.getByLabel('Images', { exact: true }).inputValue()).toBe('1');
    await page.getByRole('button', { name: 'Earlier prompts' }).click();
    await page.getByRole('button', { name: 'Mountains sandbox:plain' }).click();
    await notices.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => prompt(page).inputValue()).toBe('Something else');
  });

  it('restores uploaded references when Remix is undone', async () => {
    await make('Mountains');
    await developed(page, 1);
    await addFiles(page, await pictureFile('green.png'));
    const tile = page.getByRole('img', { name: 'Reference 1: green.png' });
    await tile.waitFor();
    await card(page, 1).getByRole('button', { name: 'Remix' }).click();
    await tile.waitFor({ state: 'detached' });
    await page.getByRole('status', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => tile.evaluate((picture: HTMLImageElement) => picture.naturalWidth))
      .toBeGreaterThan(0);
  });

  it('is saved as a zip of all its images', async () => {
    await make('Mountains', 3);
    await developed(page, 1);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card(page, 1).getByRole('button', { name: 'Download 3' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('proofsheet-1.zip');
    const bytes = await readFile(await download.path());
    expect(zipNames(bytes)).toEqual([
      'proofsheet-1/mountains-sandbox-plain-1.webp',
      'proofsheet-1/mountains-sandbox-plain-1A.webp',
      'proofsheet-1/mountains-sandbox-plain-1B.webp',
    ]);
  });

  it('reports an image that its zip lacks, and fetches it on request', async () => {
    allowErrors('status of 404');
    await make('Mountains', 3);
    await developed(page, 1);
    const address = await card(page, 1).getByRole('link', { name: 'Download frame 1A' }).getAttribute('href');
    const path = new URL(address ?? '', app.url).pathname;
    await page.route(
      (url) => url.pathname === path,
      (route) => route.fulfill({ status: 404 }),
    );
    await card(page, 1).getByRole('button', { name: 'Download 3' }).click();
    await page.getByText('2 of 3 frames downloaded.').waitFor();
    await page.unrouteAll();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Get the missing one' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.webp$/);
  });

  it('comes back with Undo, and is deleted when the time is over', async () => {
    await make('One');
    await developed(page, 1);
    await make('Two');
    await developed(page, 2);
    const remove = async () => {
      await card(page, 2).getByRole('button', { name: /^More/ }).click();
      await card(page, 2).getByRole('button', { name: 'Delete' }).click();
    };
    await remove();
    await page.getByText('Request 2 deleted.').waitFor();
    expect(await card(page, 2).count()).toBe(0);
    expect(await focusedName(page)).toBe('Request 1');
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, 2).waitFor();

    await remove();
    const deleted = page.waitForResponse(
      (response) => response.request().postData()?.includes('deleteTask') ?? false,
    );
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await deleted;
    await page.reload();
    await card(page, 1).waitFor();
    expect(await card(page, 2).count()).toBe(0);
  });

  it('that finishes while the user is further down moves nothing; a button leads to it', async () => {
    for (const number of [1, 2, 3]) {
      await make(`Number ${number}`, 4);
      await developed(page, number);
    }
    await page.setViewportSize({ width: 1440, height: 500 });
    await make('A valley sandbox:slow=150');
    await card(page, 4).getByRole('progressbar').waitFor();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const place = () => card(page, 1).evaluate((element) => Math.round(element.getBoundingClientRect().top));
    const before = await place();
    const button = page.getByRole('button', { name: '1 new' });
    await button.waitFor({ timeout: 60_000 });
    expect(await place()).toBe(before);
    await button.click();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
    expect(await focusedName(page)).toBe('Request 4');
    await button.waitFor({ state: 'detached' });
  });
});

describe('the lightbox', () => {
  it('is navigated by keys, and Back closes it at the same scroll position', async () => {
    await make('Mountains', 3);
    await developed(page, 1);
    await frame('1').focus();
    await page.keyboard.press('Enter');
    await lightbox().getByText('1 of 3').waitFor();
    expect(page.url()).toContain('?frame=');
    await shoot(page, 'lightbox');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await lightbox().getByText('2 of 3').waitFor();
    await page.keyboard.press('End');
    await lightbox().getByText('3 of 3').waitFor();
    await page.keyboard.press('+');
    await lightbox().getByText('150%').waitFor();
    await page.keyboard.press('m');
    await lightbox().getByRole('button', { name: 'Mark', pressed: true }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('d')]);
    expect(download.suggestedFilename()).toMatch(/\.webp$/);
    await page.keyboard.press('u');
    await page.getByText('Frame 1B is a reference now.').first().waitFor();

    await page.goBack();
    await lightbox().waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('frame=');
    await card(page, 1).waitFor();
  });

  it('returns the focus to the image that was shown last when Esc closes it', async () => {
    await make('Mountains', 2);
    await developed(page, 1);
    await frame('1').click();
    await page.keyboard.press('ArrowRight');
    await lightbox().getByText('2 of 2').waitFor();
    await page.keyboard.press('Escape');
    await lightbox().waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Open frame 1A');
    await expect.poll(() => page.url()).not.toContain('frame=');
  });

  it('opens by its address', async () => {
    await make('Mountains', 2);
    await developed(page, 1);
    await frame('1A').click();
    await lightbox().waitFor();
    await page.reload();
    await lightbox().getByText('2 of 2').waitFor();
  });
});

describe('images', () => {
  it('are navigated and marked by keys; a mark survives a reload', async () => {
    await make('Mountains', 3);
    await developed(page, 1);
    await frame('1').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focusedName(page)).toBe('Open frame 1A');
    await page.keyboard.press('m');
    const mark = page.getByRole('button', { name: 'Mark frame 1A', pressed: true });
    await mark.waitFor();
    await page.reload();
    await mark.waitFor();
    expect(await page.getByRole('button', { name: /^Mark frame/, pressed: true }).count()).toBe(1);
  });

  it('are selected with Space and Shift, saved together, and deleted with their request', async () => {
    await make('Mountains', 4);
    await developed(page, 1);
    await frame('1').focus();
    await page.keyboard.press('Space');
    await page.getByText('1 selected').waitFor();
    await page.getByRole('button', { name: 'Select frame 1B', exact: true }).click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor();
    await shoot(page, 'select');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download 3 (.zip)' }).click(),
    ]);
    expect(zipNames(await readFile(await download.path()))).toHaveLength(3);
    await page.getByRole('region', { name: 'Selected frames' }).getByRole('button', { name: 'Mark' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Select', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /^Mark frame/, pressed: true }).count()).toBe(3);

    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('button', { name: 'Select frame 1C', exact: true }).click();
    await page.getByRole('button', { name: 'Delete 1 request' }).click();
    await page.getByText('Request 1 deleted.').waitFor();
    expect(await card(page, 1).count()).toBe(0);
  });

  it('that did not load are requested again', async () => {
    allowErrors('status of 500');
    const isThumbnail = (url: URL) => url.pathname.startsWith('/files/');
    await page.route(isThumbnail, (route) => route.fulfill({ status: 500 }));
    await make('Mountains');
    await card(page, 1).getByText('Frame 1 is ready but did not load.').waitFor({ timeout: 30_000 });
    await page.unroute(isThumbnail);
    await card(page, 1).getByRole('button', { name: 'Load again' }).click();
    await expect
      .poll(() =>
        card(page, 1)
          .locator('img')
          .evaluate((picture: HTMLImageElement) => picture.naturalWidth),
      )
      .toBeGreaterThan(0);
  });

  it('are dragged onto the form as references', async () => {
    await make('Mountains', 2);
    await developed(page, 1);
    await page.getByRole('tab', { name: 'Image to image' }).click();
    await card(page, 1)
      .locator('.task-image-box')
      .nth(1)
      .dragTo(page.getByRole('form', { name: 'New image' }));
    await page
      .getByRole('img', { name: /Frame 1A/ })
      .or(page.getByText('1 of', { exact: false }))
      .first()
      .waitFor();
    await page.getByText(/^1 of \d+ ready$/).waitFor();
  });

  it('list all shortcuts on request', async () => {
    await make('Mountains');
    await developed(page, 1);
    await frame('1').focus();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'All keys' });
    await sheet.waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Open frame 1');
  });
});

/** The names in a zip, from its central directory (APPNOTE 4.3.12). */
function zipNames(bytes: Buffer): string[] {
  const names: string[] = [];
  for (let at = bytes.indexOf('PK\u0001\u0002'); at !== -1; at = bytes.indexOf('PK\u0001\u0002', at + 1))
    names.push(bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28)));
  return names;
}
