/** The main journey of a user. */
import { beforeEach, describe, expect, it } from 'vitest';
import { guardSockets, shoot, signUpInPage } from './browser.ts';
import { allowErrors, app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { addFiles, developed, generate, pictureFile, prompt, send, card } from './steps.ts';

useApp({ SANDBOX_SPEED: '1', POLL_INTERVAL_MS: '500', SIGNUP_CREDITS: '40' });
beforeEach(() => openPage());

describe('a user', () => {
  it('signs up without losing the prompt, generates, watches it develop, and downloads the picture', async () => {
    await openPage({ reducedMotion: 'no-preference' });
    await page.goto(app.url);
    await page.getByText('Describe a picture. Watch it develop.').waitFor();
    await shoot(page, 'empty');
    await generate(page, 'A lighthouse on a cliff at dusk sandbox:slow=10');
    await page.getByRole('dialog').getByText('Create an account to develop this').waitFor();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await signUpInPage(page);
    await expect.poll(() => prompt(page).inputValue()).toContain('A lighthouse');

    await send(page);
    const ruler = card(page, 1).getByRole('progressbar');
    await expect.poll(async () => Number(await ruler.getAttribute('aria-valuenow'))).toBeGreaterThan(20);
    await shoot(page, 'developing');
    await developed(page, 1);
    const picture = card(page, 1).getByRole('img').first();
    await expect
      .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
      .toBeGreaterThan(0);
    await shoot(page, 'done');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card(page, 1).getByRole('link', { name: 'Download frame 1' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/-1\.webp$/);
    await expect.poll(() => page.getByRole('banner').innerText()).toContain('38');
  });

  it('generates from uploaded images', async () => {
    await openSignedIn();
    const notes = { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7') };
    await addFiles(page, await pictureFile('green.png'), notes);
    await page.getByText('notes.png is not a picture we can use. Try PNG, JPEG or WebP.').waitFor();
    await page.getByRole('button', { name: 'Remove notes.png' }).click();
    await prompt(page).fill('At night, with stars');
    await send(page);
    await developed(page, 1);
    await expect.poll(() => page.getByRole('banner').innerText()).toContain('36');
  });

  it('sees why a task failed, and the refund', async () => {
    await openSignedIn();
    await generate(page, 'Something sandbox:blocked');
    await card(page, 1)
      .getByText(/not accepted by the safety rules/)
      .waitFor();
    await card(page, 1).getByText('Your 2 credits are back.').waitFor();
    await shoot(page, 'failed');
    await expect.poll(() => page.getByRole('banner').innerText()).toContain('40');
  });

  it('closes the tab right after Generate and finds the picture later', async () => {
    await openSignedIn();
    const sent = page.waitForResponse(
      (response) => response.request().postData()?.includes('generateImage') ?? false,
    );
    await generate(page, 'A valley sandbox:slow=3');
    await sent;
    await page.close();
    const later = await context.newPage();
    await later.goto(app.url);
    await developed(later, 1);
  });

  it('finds an unfinished task again after a reload, still developing', async () => {
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=20');
    await card(page, 1).getByRole('progressbar').waitFor();
    await page.reload();
    await card(page, 1).getByRole('progressbar').waitFor();
    await developed(page, 1);
  });
});

describe('GraphiQL', () => {
  it('opens with examples, which run with the session of the page over HTTP and WebSocket', async () => {
    await openSignedIn();
    await page.goto(`${app.url}/graphql`);
    const result = page.getByRole('region', { name: 'Result Window' });
    const run = async (example: string) => {
      await page.getByRole('button', { name: example, exact: true }).click();
      // GraphiQL sets it after it has read the name of the operation.
      await page.waitForURL((url) => url.searchParams.get('query')?.includes(example) ?? false);
      await page.getByRole('button', { name: 'Execute query' }).click();
    };
    await run('GenerateImage');
    await result.getByText('"PENDING"').waitFor();
    await run('TaskUpdated');
    await result.getByText('"taskUpdated"').waitFor();
    await shoot(page, 'graphiql');
  });
});

describe('the connection', () => {
  it('cut in the middle: the page shows it, and polling finishes the task', async () => {
    allowErrors('WebSocket');
    const sockets = await guardSockets(page);
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=12');
    await card(page, 1).getByRole('progressbar').waitFor();
    await expect.poll(() => sockets.count).toBe(1);
    sockets.cut();
    await page.getByRole('status').getByText('Live updates stopped. Checking every 5 s.').waitFor();
    await shoot(page, 'polling');
    await developed(page, 1);
    expect(sockets.count).toBe(0);

    sockets.mend();
    await page
      .getByText('Live updates stopped. Checking every 5 s.')
      .waitFor({ state: 'detached', timeout: 60_000 });
  });

  it('lost: the page shows it, and continues when it is back', async () => {
    allowErrors('WebSocket', 'ERR_INTERNET_DISCONNECTED');
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=15');
    await card(page, 1).getByRole('progressbar').waitFor();
    await context.setOffline(true);
    await page.getByText(/You are offline/).waitFor();
    await context.setOffline(false);
    await developed(page, 1);
  });
});
