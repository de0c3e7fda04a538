/** The form by keyboard and by mouse. */
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { shoot, signUpInPage } from './browser.ts';
import { app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { addFiles, type PictureFile, pictureFile, prompt, send, sidewaysPx } from './steps.ts';

useApp({ SIGNUP_CREDITS: '5' });
beforeEach(async () => {
  await openPage();
  await page.goto(app.url);
});

/** Noise, which no format compresses. */
async function heavyPicture(name: string): Promise<PictureFile> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  const create = { width: 1600, height: 1400, channels: 3 as const, background: 'grey', noise };
  return { name, mimeType: 'image/png', buffer: await sharp({ create }).png().toBuffer() };
}

const tiles = () => page.locator('[data-reference]');
const tileNames = async () => (await tiles().getByRole('img').all()).map((tile) => tile.getAttribute('alt'));
const names = async () => Promise.all(await tileNames());

/** The event of the browser for files in the clipboard or under the mouse. */
async function hand(file: PictureFile, how: 'paste' | 'drop', selector: string): Promise<void> {
  const bytes = [...file.buffer];
  await page.evaluate(
    ({ bytes, name, type, how, selector }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, { type }));
      const target = document.querySelector(selector) ?? document.body;
      const options = { bubbles: true, cancelable: true };
      if (how === 'paste')
        target.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
      else
        for (const step of ['dragenter', 'dragover', 'drop'])
          target.dispatchEvent(new DragEvent(step, { ...options, dataTransfer: data }));
    },
    { bytes, name: file.name, type: file.mimeType, how, selector },
  );
}

describe('the prompt', () => {
  it('goes back to earlier prompts by Alt and arrow keys, and by a list', async () => {
    await openSignedIn();
    for (const text of ['A hill', 'A lake']) {
      await prompt(page).fill(text);
      await page.keyboard.press('Control+Enter');
      await page.getByRole('article').filter({ hasText: text }).waitFor();
    }
    await prompt(page).fill('My draft');
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => prompt(page).inputValue()).toBe('A lake');
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill');
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(() => prompt(page).inputValue()).toBe('My draft');

    await page.getByRole('button', { name: 'Earlier prompts' }).click();
    const list = page.getByRole('group', { name: 'Earlier prompts' });
    await list.getByRole('button', { name: 'A hill' }).waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Earlier prompts' }).click();
    await list.getByRole('button', { name: 'A hill' }).click();
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill');
    expect(await prompt(page).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('is focused by / from the feed, where it writes nothing', async () => {
    await page.locator('#feed').focus();
    await page.keyboard.press('/');
    await expect
      .poll(() => prompt(page).evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.type('a/b');
    await expect.poll(() => prompt(page).inputValue()).toBe('a/b');
  });
});

describe('reference images', () => {
  it('change places by buttons, with the keyboard alone', async () => {
    await addFiles(
      page,
      await pictureFile('a.png', 'red'),
      await pictureFile('b.png', 'green'),
      await pictureFile('c.png', 'blue'),
    );
    await tiles().nth(2).waitFor();
    await page.getByRole('button', { name: 'Move c.png to the left' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(names).toEqual(['Reference 1: c.png', 'Reference 2: a.png', 'Reference 3: b.png']);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Move c.png to the right',
    );
  });

  it('change places by dragging', async () => {
    await addFiles(page, await pictureFile('a.png', 'red'), await pictureFile('b.png', 'green'));
    await tiles().nth(1).waitFor();
    await tiles().nth(0).hover();
    await page.mouse.down();
    // The first move starts the drag; the next ones drag over elements.
    const target = (await tiles().nth(1).boundingBox())!;
    await page.mouse.move(target.x + 20, target.y + 20, { steps: 8 });
    await page.mouse.move(target.x + 24, target.y + 24, { steps: 4 });
    await page.mouse.up();
    await expect.poll(names).toEqual(['Reference 1: b.png', 'Reference 2: a.png']);
  });

  it('are restored after a reload: uploaded ones, and files that wait for the sign-in', async () => {
    await addFiles(page, await pictureFile('a.png', 'red'), await pictureFile('b.png', 'green'));
    await tiles().nth(1).waitFor();
    // Storage is asynchronous.
    await expect
      .poll(() => page.evaluate(() => sessionStorage.getItem('proofsheet.references') ?? ''))
      .toMatch(/a\.png.*fileKey.*b\.png.*fileKey/);
    await page.reload();
    await expect.poll(names).toEqual(['Reference 1: a.png', 'Reference 2: b.png']);

    await signUpInPage(page);
    await page.getByText(/^2 of \d+ ready$/).waitFor();
    await page.reload();
    await expect.poll(names).toEqual(['Reference 1: a.png', 'Reference 2: b.png']);
    const picture = tiles().getByRole('img').first();
    await expect.poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(60);
    await prompt(page).fill('At night');
    await send(page);
    await page.getByRole('article').first().waitFor();
  });

  it('that are gone after a reload are named', async () => {
    await openSignedIn();
    await addFiles(page, await pictureFile('a.png', 'red'));
    await expect
      .poll(() => page.evaluate(() => sessionStorage.getItem('proofsheet.references') ?? ''))
      .toContain('imageId');
    await page.evaluate(() => {
      const key = 'proofsheet.references';
      const gone = sessionStorage.getItem(key)!.replace(/"imageId":"[^"]+"/, '"imageId":"SW1hZ2U6bm9uZQ=="');
      sessionStorage.setItem(key, gone);
    });
    await page.reload();
    await page.getByText('a.png is not here any more. Add it again.').waitFor();
    await shoot(page, 'reference-gone');
  });

  it('that are too big are shrunk, which is shown and can be undone, and then used', async () => {
    await openSignedIn();
    await addFiles(page, await heavyPicture('cliff.png'));
    await page.getByText(/^cliff\.png was made smaller: .* MB became .* MB\.$/).waitFor({ timeout: 60_000 });
    await shoot(page, 'bench-made-smaller');
    await page.getByRole('button', { name: 'Undo making cliff.png smaller' }).click();
    await page.getByText(/^cliff\.png is .* MB\. Each image can be up to 5 MB\.$/).waitFor();
    await shoot(page, 'bench-too-big');
    await page.getByRole('button', { name: 'Shrink and use cliff.png' }).click();
    await tiles().getByRole('img', { name: 'Reference 1: cliff.webp' }).waitFor();
    await page.getByText('1 of', { exact: false }).first().waitFor();
    await prompt(page).fill('At night');
    await send(page);
    await page.getByRole('article').first().waitFor();
  });

  it('are pasted with the focus anywhere and dropped anywhere; a second time points to the first', async () => {
    await prompt(page).focus();
    await hand(await pictureFile('pasted.png', 'red'), 'paste', 'textarea');
    await tiles().getByRole('img', { name: 'Reference 1: pasted.png' }).waitFor();
    await hand(await pictureFile('dropped.png', 'green'), 'drop', '#feed');
    await tiles().getByRole('img', { name: 'Reference 2: dropped.png' }).waitFor();
    await hand(await pictureFile('again.png', 'red'), 'drop', '#feed');
    await page.getByText('again.png is already in the list.').waitFor();
    await page.locator('.reference-known').waitFor();
    expect(await tiles().count()).toBe(2);
  });

  it('leave cells of a spreadsheet, text with an image of it, to the prompt', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const { buffer } = await pictureFile('cells.png', 'red');
    await page.evaluate(
      async (bytes) => {
        const blob = (text: string, type: string) => new Blob([text], { type });
        await navigator.clipboard.write([
          new ClipboardItem({
            'text/plain': blob('a red barn\tat dawn', 'text/plain'),
            'text/html': blob('<table><tr><td>a red barn<td>at dawn</table>', 'text/html'),
            'image/png': new Blob([new Uint8Array(bytes)], { type: 'image/png' }),
          }),
        ]);
      },
      [...buffer],
    );
    await prompt(page).focus();
    await page.keyboard.press('Control+V');
    await expect.poll(() => prompt(page).inputValue()).toBe('a red barn\tat dawn');
    expect(await page.getByRole('tab', { name: 'Text to image' }).getAttribute('aria-selected')).toBe('true');
    expect(await tiles().count()).toBe(0);
  });

  it('ignore text that is pasted into the prompt', async () => {
    await prompt(page).focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'sea');
      const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data });
      document.activeElement?.dispatchEvent(event);
      document.body.dataset['pasteTaken'] = String(event.defaultPrevented);
    });
    expect(await page.locator('body').getAttribute('data-paste-taken')).toBe('false');
    expect(await tiles().count()).toBe(0);
  });
});

describe('the cost', () => {
  it('above the balance is explained, with an affordable offer', async () => {
    await openSignedIn();
    await prompt(page).fill('A hill');
    await page.getByLabel('Images', { exact: true }).selectOption('4');
    await page.getByText('This costs 8 credits and you have 5.').first().waitFor();
    await shoot(page, 'bench-short');
    await page.getByRole('button', { name: 'Make 2 images for 4 credits' }).click();
    await page.getByText('1 left after').waitFor();
  });
});

describe('in German', () => {
  it('the page follows the browser, is switched back, and stores the choice', async () => {
    await openPage({ locale: 'de-AT' });
    await page.goto(app.url);
    await page.getByRole('button', { name: /^Generieren/ }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('banner').getByRole('button', { name: 'EN, English' }).click();
    await page.getByRole('button', { name: /^Generate/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Generate/ }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('nothing is cut off or scrolls sideways at 320 pixels, before and after the sign-in', async () => {
    await openPage({ locale: 'de', viewport: { width: 320, height: 900 } });
    await page.goto(app.url);
    await page.getByRole('button', { name: 'Anmelden' }).waitFor();
    await page.locator('.bottom-sheet').waitFor();
    expect(await sidewaysPx(page)).toBe(0);
    await page.locator('.page-foot').getByRole('button', { name: 'English' }).click();
    await signUpInPage(page);
    await page.locator('.page-foot').getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('link', { name: 'Verlauf' }).waitFor();
    expect(await sidewaysPx(page)).toBe(0);
    const rightEdge = await page
      .getByRole('banner')
      .evaluate((header) =>
        Math.max(
          ...[...header.querySelectorAll('a, button')].map((part) => part.getBoundingClientRect().right),
        ),
      );
    expect(rightEdge).toBeLessThanOrEqual(320);
    await page.locator('.bottom-sheet-model').click();
    await page.getByRole('dialog').getByRole('tab', { name: 'Bild zu Bild' }).click();
    await page.getByText('Bilder hinzufügen, ablegen oder einfügen').waitFor();
    expect(await sidewaysPx(page)).toBe(0);
    await shoot(page, 'bench-german-320');
  });
});
