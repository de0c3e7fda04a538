/** The messages about a request that cannot be sent, and that it is sent as soon as possible. */
import { beforeEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../server/lib/errors.ts';
import { signInInPage, signUpInPage } from './browser.ts';
import { allowErrors, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, generate, prompt, rawText, refuse, send, standIn, card } from './steps.ts';

let email: string;

useApp({ SIGNUP_CREDITS: '100', MAX_ACTIVE_TASKS: '2' });
beforeEach(async () => {
  await openPage();
  email = await openSignedIn();
});

const form = () => page.getByRole('form', { name: 'New image' });
const says = (text: string | RegExp) => form().getByRole('alert').getByText(text).waitFor();
const shown = () => page.locator('body').innerText();

describe('a request', () => {
  it('that is sent too soon counts down the wait, and is sent after it', async () => {
    let sent = 0;
    const mend = await standIn(page, 'GenerateImage', (route) => {
      sent += 1;
      // Longer than a slow machine takes to press again.
      return refuse('RATE_LIMITED', { retryAfter: 15 })(route);
    });
    await generate(page, 'A hill sandbox:plain');
    const line = form().getByText(/^That was fast\. You can send again in \d+ s\.$/);
    const seconds = async () => Number(/in (\d+)/.exec((await line.first().textContent()) ?? '')?.[1]);
    const before = await seconds();
    await send(page);
    await expect.poll(seconds, { interval: 100 }).toBeLessThan(before);
    await says('You can send again now.');
    expect(sent).toBe(1);
    await mend();
    await send(page);
    await developed(page, 1);
    expect(await form().getByText('You can send again now.').count()).toBe(0);
  });

  it('before the models and the user are known is sent once they are', async () => {
    const loaded = Promise.withResolvers<void>();
    for (const operation of ['Models', 'Session'])
      await standIn(page, operation, (route) => loaded.promise.then(() => route.fallback()));
    await page.reload();
    await prompt(page).fill('A hill sandbox:plain');
    await send(page);
    loaded.resolve();
    await developed(page, 1);
  });

  it('above the limit of active tasks is sent when one has ended', async () => {
    await generate(page, 'One sandbox:slow=4000');
    await card(page, 1).getByRole('progressbar').waitFor();
    await generate(page, 'Two sandbox:slow=4000');
    await card(page, 2).getByRole('progressbar').waitFor();
    await generate(page, 'Three sandbox:plain');
    await says('2 requests are already running. This one starts when a place is free.');
    await form().getByRole('button', { name: 'Waiting for a free place' }).waitFor();
    await card(page, 1).getByRole('button', { name: 'Cancel' }).click();
    await card(page, 3).getByText('Three').waitFor();
    await developed(page, 3);
    expect(await form().getByText('already running').count()).toBe(0);

    await generate(page, 'Four sandbox:slow=4000');
    await card(page, 4).getByRole('progressbar').waitFor();
    await generate(page, 'Five sandbox:plain');
    await form().getByRole('button', { name: 'Stop waiting' }).click();
    await form()
      .getByRole('button', { name: /^Generate/ })
      .waitFor();
    await card(page, 2).getByRole('button', { name: 'Cancel' }).click();
    await card(page, 2).getByText('Cancelled.').waitFor();
    expect(await page.getByRole('article', { name: 'Request 5' }).count()).toBe(0);
  });

  it('after the session has ended loses nothing, and is sent after the sign-in', async () => {
    await generate(page, 'A hill sandbox:plain');
    await developed(page, 1);
    await context.clearCookies();
    await generate(page, 'A lake sandbox:plain');
    await says('You were signed out. Nothing was lost.');
    const notice = page.getByRole('status', { name: 'Notices' });
    await notice.getByText('You were signed out. Nothing was lost.').waitFor();
    await notice.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').getByLabel('Email').waitFor();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await expect.poll(() => prompt(page).inputValue()).toBe('A lake sandbox:plain');
    await signInInPage(page, email);
    await page.getByText('You were signed out').first().waitFor({ state: 'detached' });
    await developed(page, 1);
    await send(page);
    await developed(page, 2);
  });

  it('of another user in the same tab starts again, with the same prompt', async () => {
    await generate(page, 'A hill sandbox:plain');
    await developed(page, 1);
    await context.clearCookies();
    await generate(page, 'A lake sandbox:plain');
    await says('You were signed out. Nothing was lost.');
    await signUpInPage(page);
    await send(page);
    await card(page, 1).getByText('A lake').waitFor();
    await developed(page, 1);
    expect(await page.getByRole('article').count()).toBe(1);
  });

  it('that fails with an internal error keeps its prompt, shows the error id, and is retried', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const reportId = 'b1946ac9-2f64-4f0e-9c55-1c0a3e5b7d21';
    const mend = await standIn(page, 'GenerateImage', refuse('INTERNAL', { id: reportId }));
    await generate(page, 'A hill sandbox:plain');
    await says('Something broke on our side. Your prompt is safe.');
    await expect.poll(() => prompt(page).inputValue()).toBe('A hill sandbox:plain');
    await form().getByRole('button', { name: 'Copy details' }).click();
    await page.getByText('Details copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      new RegExp(`^Error ${reportId} \\d{4}-\\d\\d-\\d\\dT`),
    );
    await mend();
    await form().getByRole('button', { name: 'Try again' }).click();
    await developed(page, 1);
    expect(await form().getByText('Something broke on our side.').count()).toBe(0);
  });

  it('that was retried is what Try again sends after an internal error, not the form', async () => {
    await generate(page, 'A hill sandbox:slow=4000');
    await card(page, 1).getByRole('button', { name: 'Cancel' }).click();
    const retry = card(page, 1).getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    await prompt(page).fill('Something else');
    const mend = await standIn(page, 'RetryTask', refuse('INTERNAL'));
    await retry.click();
    await says('Something broke on our side. Your prompt is safe.');
    await mend();
    await form().getByRole('button', { name: 'Try again' }).click();
    await card(page, 2).getByText('A hill').waitFor();
    await expect.poll(() => prompt(page).inputValue()).toBe('Something else');
  });

  it('that is refused is explained in words, never by a code or a text of the server', async () => {
    const texts = new Map<string, string>();
    for (const code of [...errorCodes, 'A_CODE_OF_TOMORROW']) {
      const mend = await standIn(page, 'GenerateImage', refuse(code, { field: 'input.prompt' }));
      await generate(page, `A hill ${code.toLowerCase()}`);
      await form().getByRole('alert').locator('p').first().waitFor();
      await expect.poll(() => page.getByRole('article').count()).toBe(0);
      const text = (await form().getByRole('alert').allInnerTexts()).join(' ').trim();
      texts.set(code, text);
      const all = await shown();
      expect(all).not.toContain(rawText);
      expect(all).not.toContain(code);
      await mend();
      await page
        .getByRole('button', { name: /Stop waiting/ })
        .or(prompt(page))
        .first()
        .click();
    }
    expect([...texts.values()].filter((text) => !/^[A-Z].+\.$/.test(text))).toEqual([]);
  });

  it('that a proxy answers is explained in words', async () => {
    allowErrors('status of 502');
    await standIn(page, 'GenerateImage', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: `<h1>502</h1><p>${rawText}</p>` }),
    );
    await generate(page, 'A hill sandbox:plain');
    await says('Something broke on our side. Your prompt is safe.');
    expect(await shown()).not.toMatch(/502|TypeError/);
  });
});

describe('offline', () => {
  it('nothing is sent, with an explanation; back online the page shows it, and the request is sent', async () => {
    allowErrors('WebSocket', 'ERR_INTERNET_DISCONNECTED');
    const offline = 'You are offline. Running requests continue; new ones can be sent when you are back.';
    await context.setOffline(true);
    await prompt(page).fill('A hill sandbox:plain');
    await send(page);
    await says(offline);
    await page.getByRole('main').getByText(offline).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    // It is shown for some seconds only.
    const back = page.getByRole('main').getByText('Back online.').waitFor();
    await Promise.all([back, context.setOffline(false)]);
    await page.getByText(offline).first().waitFor({ state: 'detached' });
    await page.getByText('Back online.').waitFor({ state: 'detached' });
    await send(page);
    await developed(page, 1);
  });
});
