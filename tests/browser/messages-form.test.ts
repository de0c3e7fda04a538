/** The messages of the form about missing or wrong input, and their remedies. */
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { shoot, signUpInPage } from './browser.ts';
import { allowErrors, app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import {
  addFiles,
  type PictureFile,
  pictureFile,
  prompt,
  rawText,
  send,
  standIn,
  withholdUploads,
} from './steps.ts';

useApp({ MAX_UPLOAD_BYTES: '1048576' });
beforeEach(() => openPage());

const tiles = () => page.locator('[data-reference]');
const says = (text: string | RegExp) => page.getByRole('alert').getByText(text).first().waitFor();
const gone = (text: string | RegExp) => page.getByText(text).first().waitFor({ state: 'detached' });
const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
const focusedText = () => page.evaluate(() => document.activeElement?.textContent?.trim());
const seesFocus = (text: RegExp) => expect.poll(focusedText).toMatch(text);

/** Starts with an image's signature, but is no image. */
function damaged(name: string, byteSize: number): PictureFile {
  const buffer = Buffer.alloc(byteSize);
  buffer.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return { name, mimeType: 'image/png', buffer };
}

describe('an error that no code expected', () => {
  it('is shown once, with a remedy, and leaves the form as it was', async () => {
    allowErrors('withheld by the browser');
    await openSignedIn();
    await page.evaluate(() => {
      crypto.getRandomValues = () => {
        throw new Error('withheld by the browser');
      };
    });
    await prompt(page).fill('A hill');
    const notices = page.getByRole('status', { name: 'Notices' });
    const text = 'Something in this page broke. Nothing you wrote is lost. Reload, then try again.';
    await send(page);
    await notices.getByText(text).waitFor();
    await send(page);
    await press(/^Generate/);
    expect(await notices.getByText(text).count()).toBe(1);
    await shoot(page, 'unexpected-error');
    await notices.getByRole('button', { name: 'Reload' }).click();
    await notices.getByText(text).waitFor({ state: 'detached' });
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill');
  });
});

describe('the prompt', () => {
  it('that is empty is requested, and gets the focus', async () => {
    await page.goto(app.url);
    await send(page);
    await says('Write what you want to see first.');
    expect(await prompt(page).evaluate((field) => field === document.activeElement)).toBe(true);
    await prompt(page).fill('A hill');
    await gone('Write what you want to see first.');
  });

  it('that is too long to be pasted shows how much did not fit, and can be restored', async () => {
    await page.goto(app.url);
    await prompt(page).fill('A hill');
    await prompt(page).press('End');
    await page.keyboard.insertText('m'.repeat(2_208));
    await says('The last 214 characters did not fit. The limit is 2,000.');
    await expect.poll(() => prompt(page).inputValue()).toHaveLength(2_000);
    await press('Undo');
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill');
    await gone(/did not fit/);
  });
});

describe('reference images', () => {
  beforeEach(() => page.goto(app.url));

  it('that are missing are requested, at the button that adds them', async () => {
    await page.getByRole('tab', { name: 'Image to image' }).click();
    await prompt(page).fill('At night');
    await send(page);
    await says('Add at least one image to start from.');
    await seesFocus(/^Add images/);
  });

  it('that are too big or damaged are named with their problem, and can be removed', async () => {
    await addFiles(page, damaged('huge.png', 6_500_000), damaged('torn.png', 2_000));
    await says('huge.png is 6.2 MB. Each image can be up to 5 MB.');
    await page.getByRole('button', { name: 'Shrink and use huge.png' }).waitFor();
    await says('torn.png could not be opened. It may be damaged.');
    await prompt(page).fill('At night');
    await send(page);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await press('Remove torn.png');
    await press('Remove huge.png');
    await tiles().first().waitFor({ state: 'detached' });
    await gone(/torn\.png|huge\.png/);
  });

  it('that cannot be shrunk are reported as damaged', async () => {
    await addFiles(page, damaged('huge.png', 6_500_000));
    await press('Shrink and use huge.png');
    await says('huge.png could not be opened. It may be damaged.');
  });

  it('that are no images are named', async () => {
    await addFiles(page, { name: 'notes.pdf', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7') });
    await says('notes.pdf is not a picture we can use. Try PNG, JPEG or WebP.');
    await press('Remove notes.pdf');
    await gone(/notes\.pdf/);
  });

  it('that are too many are left out and counted', async () => {
    await addFiles(page, await pictureFile('0.png'));
    const ready = page.getByText(/^\d+ of \d+( ready)?$/);
    const limit = Number(/of (\d+)/.exec(await ready.innerText())?.[1]);
    const colours = Array.from({ length: limit + 1 }, (_, index) => `rgb(${index * 9}, 90, 160)`);
    await addFiles(
      page,
      ...(await Promise.all(colours.map((colour, index) => pictureFile(`${index + 1}.png`, colour)))),
    );
    await says(`Only ${limit} images fit. 2 were left out.`);
    expect(await tiles().count()).toBe(limit);
  });

  it('that did not upload are retried, or removed', async () => {
    allowErrors('ERR_FAILED');
    await openSignedIn();
    await withholdUploads(page, 'fail');
    await addFiles(page, await pictureFile('cliff.png'));
    await says('cliff.png did not upload.');
    await page.unrouteAll();
    await press('Try again to upload cliff.png');
    await page.getByText(/^1 of \d+ ready$/).waitFor();
    await gone('cliff.png did not upload.');

    await withholdUploads(page, 'fail');
    await addFiles(page, await pictureFile('hill.png', 'olive'));
    await says('hill.png did not upload.');
    await press('Remove hill.png');
    await gone(/hill\.png/);
  });

  // Turns red where a file whose check did not load is uploaded after a sign-out without one.
  it('that were not checked, as the code did not load, are checked before the next upload', async () => {
    allowErrors('ERR_FAILED');
    await page.route('**/assets/check-file-*', (route) => route.abort());
    await page.reload();
    await signUpInPage(page);
    await addFiles(page, { name: 'notes.pdf', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7') });
    await says('notes.pdf did not upload.');
    await page.unrouteAll();
    await addFiles(page, await pictureFile('cliff.png'));
    await page.getByText(/^1 of \d+ ready$/).waitFor();
    await press(/^Account of/);
    await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await says('notes.pdf is not a picture we can use. Try PNG, JPEG or WebP.');
  });

  it('that the server finds too big are explained with its limit in MB, in the language of the page', async () => {
    allowErrors('status of 413');
    await openSignedIn();
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
    const create = { width: 900, height: 900, channels: 3 as const, background: 'grey', noise };
    const buffer = await sharp({ create }).png().toBuffer();
    await addFiles(page, { name: 'noise.png', mimeType: 'image/png', buffer });
    await says('noise.png is too big to upload. An upload can have up to 1 MB.');
    await press('DE, Deutsch');
    await says('noise.png ist zu groß zum Hochladen. Ein Upload darf höchstens 1 MB haben.');
  });

  it('that upload slowly are shown, with a way to stop waiting; the request waits for them', async () => {
    await openSignedIn();
    await withholdUploads(page, 'hold');
    await addFiles(page, await pictureFile('cliff.png'));
    await prompt(page).fill('At night');
    await send(page);
    await page.getByRole('button', { name: 'Waiting for 1 upload' }).waitFor();
    await page.getByText(/^Still uploading cliff\.png \(\d+%\)\.$/).waitFor();
    await page.getByText('Stop waiting').click();
    await press('Cancel upload of cliff.png');
    await tiles().first().waitFor({ state: 'detached' });
    await gone(/^Still uploading/);
    expect(await page.getByRole('article').count()).toBe(0);
  });
});

describe('the models', () => {
  it('that did not load are requested again', async () => {
    allowErrors('status of 502');
    const mend = await standIn(page, 'Models', (route) => route.fulfill({ status: 502, body: rawText }));
    await page.goto(app.url);
    await says('The list of models did not load.');
    expect(await page.locator('body').innerText()).not.toContain(rawText);
    await mend();
    await press('Try again');
    await page.getByLabel('Model', { exact: true }).waitFor();
    await gone('The list of models did not load.');
  });

  it('without support for the scene lead to the other scene', async () => {
    await standIn(page, 'Models', async (route) => {
      const response = await route.fetch();
      const { data } = (await response.json()) as { data: object };
      await route.fulfill({ response, json: { data: { ...data, imageToImage: [] } } });
    });
    await page.goto(app.url);
    await page.getByLabel('Model', { exact: true }).waitFor();
    await addFiles(page, await pictureFile('cliff.png'));
    await page.getByText('No models can do image to image right now.').first().waitFor();
    await prompt(page).fill('At night');
    await send(page);
    await says('No models can do image to image right now.');
    await seesFocus(/^Switch to text to image$/);
    await press('Switch to text to image');
    await page.getByLabel('Model', { exact: true }).waitFor();
  });

  it('that cannot start from an image are replaced, with a notice', async () => {
    await page.goto(app.url);
    const model = page.getByLabel('Model', { exact: true });
    const onlyText = model.locator('option').filter({ hasText: 'FLUX Schnell' });
    await model.selectOption((await onlyText.getAttribute('value')) ?? '');
    await page.getByRole('tab', { name: 'Image to image' }).click();
    await page
      .getByRole('status')
      .getByText(/^FLUX Schnell can’t start from an image, so .+ is selected\.$/)
      .waitFor();
    await page.getByRole('tab', { name: 'Text to image' }).click();
    await gone(/can’t start from an image/);
  });
});
