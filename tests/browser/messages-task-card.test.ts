/** The messages of a task card about its outcome, and their remedies. */
import { beforeEach, describe, expect, it } from 'vitest';
import { allowErrors, app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, generate, prompt, standIn, card } from './steps.ts';

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const patience = { timeout: 30_000 };
const says = (number: number, text: string | RegExp) =>
  card(page, number).getByText(text).first().waitFor(patience);
const button = (number: number, name: string) => card(page, number).getByRole('button', { name });
const notice = () => page.getByRole('status', { name: 'Notices' });

async function choose(provider: string): Promise<void> {
  await page.getByLabel('Provider', { exact: true }).selectOption({ label: provider });
}

describe('a request that failed', () => {
  it('by its prompt leads back to the prompt', async () => {
    await generate(page, 'Something sandbox:blocked');
    await says(1, 'This one didn’t develop');
    await says(
      1,
      /^This prompt was not accepted by the safety rules of the sandbox\. Your 2 credits are back\.$/,
    );
    expect(await button(1, 'Try again').count()).toBe(0);
    await prompt(page).fill('');
    await button(1, 'Edit prompt').click();
    await expect.poll(() => prompt(page).inputValue()).toBe('Something sandbox:blocked');
    expect(await prompt(page).evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('by its provider is retried, or sent with another model', async () => {
    await generate(page, 'A hill sandbox:failed');
    await says(1, /^The sandbox could not make this one\. Your 2 credits are back\.$/);
    await button(1, 'Try again').click();
    await says(2, /could not make this one/);
    await prompt(page).fill('');
    await button(2, 'Use another model').click();
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill sandbox:failed');
    const model = page.getByLabel('Model', { exact: true });
    await expect.poll(() => model.evaluate((select) => select === document.activeElement)).toBe(true);
  });

  /** docs/api/sandbox.md lists what the sandbox does for each of these words. */
  const outcomes: Record<string, Record<string, RegExp>> = {
    Replicate: {
      blocked: /not accepted by the safety rules of the sandbox/,
      failed: /The sandbox could not make this one/,
      'failed=E9828': /The sandbox/,
      aborted: /The sandbox/,
      expired: /The images were gone before they could be fetched/,
      'text-only': /The sandbox could not make this one/,
      auth: /The sandbox can’t be used at the moment\. This is ours to fix/,
      'no-credit': /The sandbox can’t be used at the moment\. This is ours to fix/,
    },
    'Google Gemini': {
      blocked: /not accepted by the safety rules of the sandbox/,
      'finish=IMAGE_SAFETY': /not accepted by the safety rules of the sandbox/,
      'text-only': /The sandbox declined this request\. Change the prompt/,
      auth: /The sandbox can’t be used at the moment\. This is ours to fix/,
      'no-credit': /The sandbox can’t be used at the moment\. This is ours to fix/,
    },
  };
  for (const [provider, messages] of Object.entries(outcomes))
    it(`at ${provider} is explained in words, without the provider's text`, async () => {
      await choose(provider);
      let number = 0;
      for (const [word, text] of Object.entries(messages)) {
        number += 1;
        await generate(page, `A hill sandbox:${word}`);
        await says(number, text);
        await says(number, /Your 2 credits are back\./);
        const shown = (await card(page, number).innerText()).replace(`A hill sandbox:${word}`, '');
        // No code, status, address, JSON or stack.
        expect(shown).not.toMatch(/[A-Z]{2,}_|E\d{3,}|\b\d{3}\b|https?:|[{}<>]|Error|Exception|\bat \S+:\d+/);
      }
    });
});

describe('an unfinished request', () => {
  it('that the provider delays shows it, and can be cancelled', async () => {
    await generate(page, 'A hill sandbox:queued=4000');
    await says(1, 'Waiting to start');
    await says(1, 'Still waiting for the sandbox to begin');
    await button(1, 'Cancel').click();
    await says(1, 'Cancelled.');
    await says(1, 'Your 2 credits are back.');
    await button(1, 'Try again').waitFor();
    expect(await button(1, 'Undo').count()).toBe(0);
  });

  it('that is cancelled when it has just ended keeps its images, with an explanation', async () => {
    await standIn(page, 'CancelTask', async (route) => {
      await developed(page, 1);
      await route.continue();
    });
    await generate(page, 'A hill sandbox:slow=400');
    await button(1, 'Cancel').click();
    await notice().getByText('Cancelled too late; the frames are below.').waitFor(patience);
    await developed(page, 1);
  });

  it('that cannot be cancelled shows that it still runs', async () => {
    allowErrors('ERR_FAILED');
    await standIn(page, 'CancelTask', (route) => route.abort());
    await generate(page, 'A hill sandbox:slow=4000');
    await button(1, 'Cancel').click();
    await notice().getByText('Cancelling did not work. It is still running.').waitFor();
    await card(page, 1).getByRole('progressbar').waitFor();
  });
});

describe('a picture', () => {
  const isFile = (url: URL) => url.pathname.startsWith('/files/');

  it('whose link has expired gets a new one', async () => {
    allowErrors('status of 403');
    await page.route(isFile, (route) => route.fulfill({ status: 403 }));
    await generate(page, 'A hill sandbox:plain');
    await says(1, 'This link has expired.');
    await page.unroute(isFile);
    await button(1, 'Get a new link').click();
    await developed(page, 1);
    const picture = card(page, 1).locator('img');
    await expect
      .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
      .toBeGreaterThan(0);
  });

  it('that did not download is reported, and retried', async () => {
    allowErrors('status of 500');
    await generate(page, 'A hill sandbox:plain');
    await developed(page, 1);
    await page.route(isFile, (route) => route.fulfill({ status: 500 }));
    await card(page, 1).getByRole('link', { name: 'Download frame 1' }).click();
    await notice().getByText('Frame 1 did not download.').waitFor();
    await page.unroute(isFile);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      notice().getByRole('button', { name: 'Try again' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('a-hill-sandbox-plain-1.webp');
    await notice().getByText('Frame 1 did not download.').waitFor({ state: 'detached' });
  });
});

describe('an earlier task', () => {
  for (const [name, path, operation] of [
    ['the feed', '/', 'Feed'],
    ['History', '/history', 'History'],
  ] as const)
    it(`that does not load in ${name} is requested again`, async () => {
      allowErrors('ERR_FAILED');
      await generate(page, 'A hill sandbox:plain');
      await developed(page, 1);
      // The page also loads it again when its subscription starts, and would find it before the press.
      const isPressed = () => page.evaluate(() => 'isPressed' in globalThis);
      await standIn(page, operation, async (route) =>
        (await isPressed()) ? route.fallback() : route.abort(),
      );
      await page.goto(app.url + path);
      await page.getByRole('alert').getByText('Earlier images did not load.').waitFor();
      await page.evaluate(() => {
        const press = () => Object.assign(globalThis, { isPressed: true });
        document.addEventListener('click', press, { capture: true });
      });
      await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('button', { name: 'Open frame 1' }).waitFor();
    });
});
