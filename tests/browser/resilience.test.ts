/** Faults on the way: a request still ends once, with its images. */
import { beforeEach, describe, expect, it } from 'vitest';
import { reusablePort } from '../support/reusable-port.ts';
import { guardSockets } from './browser.ts';
import { allowErrors, context, openPage, openSignedIn, page, restartApp, useApp } from './fixture.ts';
import { developed, generate, prompt, send, card } from './steps.ts';

useApp({
  SIGNUP_CREDITS: '100',
  SANDBOX_SPEED: '10',
  POLL_INTERVAL_MS: '100',
  PORT: String(await reusablePort()),
  TASK_TIMEOUT_MS: '30000',
});
beforeEach(() => openPage());

const articles = () => page.getByRole('article').count();
const credits = async () => Number(/\d+/.exec(await page.getByRole('banner').innerText())?.[0]);

describe('events', () => {
  it('that come twice and in the wrong order change nothing and never go back', async () => {
    const percents: number[] = [];
    const statuses: string[] = [];
    await page.routeWebSocket(/\/graphql$/, (socket) => {
      const server = socket.connectToServer();
      const held: string[] = [];
      server.onMessage((message) => {
        const text = String(message);
        if (!text.includes('taskUpdated')) return socket.send(text);
        statuses.push(/"status":"(\w+)"/.exec(text)?.[1] ?? '');
        socket.send(text);
        // Every earlier event once more: the newest first, the oldest last.
        held.unshift(text);
        for (const again of held) socket.send(again);
      });
    });
    await openSignedIn();
    await page.exposeFunction('record', (percent: number) => percents.push(percent));
    await generate(page, 'A valley sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await page.evaluate(() => {
      const bar = document.querySelector('.task-card [role=progressbar]');
      const record = (window as unknown as { record: (percent: number) => void }).record;
      new MutationObserver(() => record(Number(bar?.getAttribute('aria-valuenow') ?? 0))).observe(bar!, {
        attributes: true,
      });
    });
    await developed(page, 1);
    await page.getByText('1 developing').waitFor({ state: 'detached' });
    expect(await card(page, 1).getByRole('progressbar').count()).toBe(0);
    expect(statuses.length).toBeGreaterThan(2);
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(await articles()).toBe(1);
  });
});

describe('a request', () => {
  it('is found again after a reload in the middle', async () => {
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await page.reload();
    await card(page, 1).getByRole('progressbar').waitFor();
    await developed(page, 1);
    expect(await articles()).toBe(1);
  });

  it('that outlives its deadline is stopped, with an explanation and a refund', async () => {
    await openSignedIn();
    const before = await credits();
    await generate(page, 'A valley sandbox:slow=9000');
    await card(page, 1)
      .getByText(/took longer than .*, so we stopped it\./)
      .waitFor({ timeout: 60_000 });
    await card(page, 1)
      .getByText(/Your \d+ credits are back\./)
      .waitFor();
    await card(page, 1).getByRole('button', { name: 'Try again' }).waitFor();
    await card(page, 1).getByRole('button', { name: 'Edit prompt' }).waitFor();
    await expect.poll(credits).toBe(before);
  });

  it('that ended without a connection is given up, and shown when it succeeded', async () => {
    allowErrors('WebSocket', 'ERR_FAILED');
    const sockets = await guardSockets(page);
    await openSignedIn();
    await generate(page, 'A hill sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await page.route('**/graphql', (route) => route.abort());
    sockets.cut();
    const givenUp = { timeout: 90_000 };
    await card(page, 1).getByText('We don’t know yet how this one ended').waitFor(givenUp);
    await card(page, 1).getByText('There was no answer in time. Credits for this will be checked.').waitFor();
    const checkAgain = card(page, 1).getByRole('button', { name: 'Check again' });
    const notice = page.getByRole('status', { name: 'Notices' });
    await checkAgain.click();
    await notice.getByText('Still no answer.').waitFor();
    // The page also loads its list every five seconds, and would find the task before the press.
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('query TaskState') ? route.continue() : route.abort(),
    );
    await checkAgain.click();
    await notice.getByText('Request 1 finished after all.').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('link', { name: 'History' }).click();
    await notice.getByRole('button', { name: 'Show' }).click();
    await developed(page, 1);
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('that overtakes an earlier one shows its own picture', async () => {
    await openSignedIn();
    await generate(page, 'One sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await generate(page, 'Two sandbox:plain');
    await developed(page, 2);
    await developed(page, 1);
  });

  const button = () => page.getByRole('button', { name: /^Generate/ });
  /** Sends the keydowns without waiting for the page in between, which would make the pauses those of the machine. */
  const holdEnter = () => Promise.all(Array.from({ length: 6 }, () => page.keyboard.down('Enter')));
  /** One press each; a held key repeats its keydown. */
  const presses: Record<string, () => Promise<void>> = {
    'holding Ctrl Enter': async () => {
      await prompt(page).focus();
      await page.keyboard.down('Control');
      await holdEnter();
      await page.keyboard.up('Enter');
      await page.keyboard.up('Control');
    },
    'a double click': async () => {
      await button().hover();
      const { mouse } = page;
      await Promise.all([
        mouse.down(),
        mouse.up(),
        mouse.down({ clickCount: 2 }),
        mouse.up({ clickCount: 2 }),
      ]);
    },
    'holding Enter on the button': async () => {
      await button().focus();
      await holdEnter();
      await page.keyboard.up('Enter');
    },
    'Ctrl Enter with a click': () =>
      button().evaluate((element: HTMLElement) => {
        const key = { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
        element.dispatchEvent(new KeyboardEvent('keydown', key));
        element.click();
      }),
  };

  it.each(Object.entries(presses))('is sent once for %s', async (_, press) => {
    await openSignedIn();
    const before = await credits();
    await prompt(page).fill('A hill sandbox:plain');
    await press();
    await developed(page, 1);
    await page.reload();
    await developed(page, 1);
    expect(await articles()).toBe(1);
    const cost = before - (await credits());
    // Two deliberate presses are two requests: over half a second apart, counted from when the first has taken place.
    await send(page);
    const pressedAt = await page.evaluate(() => performance.now());
    await page.waitForFunction((at) => performance.now() - at > 600, pressedAt);
    await send(page);
    await developed(page, 2);
    await developed(page, 3);
    expect(before - (await credits())).toBe(3 * cost);
  });

  it('whose response was lost is one request, also after a second press', async () => {
    allowErrors('ERR_FAILED');
    await openSignedIn();
    const before = await credits();
    const keys: string[] = [];
    await page.route('**/graphql', async (route) => {
      const body = route.request().postData() ?? '';
      const key = /"idempotencyKey":"([^"]+)"/.exec(body)?.[1];
      if (!key) return route.fallback();
      keys.push(key);
      if (keys.length > 1) return route.fallback();
      // The server accepts it; its response is lost.
      await route.fetch();
      return route.abort();
    });
    await generate(page, 'A hill sandbox:plain');
    await page.getByText('The server could not be reached. Your prompt is safe.').first().waitFor();
    await send(page);
    await expect.poll(() => keys.length).toBe(2);
    await developed(page, 1);
    expect(keys[1]).toBe(keys[0]);
    await page.unrouteAll();
    await page.reload();
    await developed(page, 1);
    expect(await articles()).toBe(1);
    expect(before - (await credits())).toBeGreaterThan(0);
    expect(before - (await credits())).toBeLessThanOrEqual(4);
  });

  it('ends although the server restarted in the middle', async () => {
    allowErrors('WebSocket', 'ERR_CONNECTION_', 'ERR_EMPTY_RESPONSE');
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await restartApp();
    await developed(page, 1);
    await page.reload();
    await developed(page, 1);
    expect(await articles()).toBe(1);
  });

  it('continues while the user is offline, and is there when they are back', async () => {
    allowErrors('WebSocket', 'ERR_INTERNET_DISCONNECTED');
    await openSignedIn();
    await generate(page, 'A valley sandbox:slow=100 sandbox:plain');
    await card(page, 1).getByRole('progressbar').waitFor();
    await context.setOffline(true);
    await page
      .getByText(/You are offline/)
      .first()
      .waitFor();
    await context.setOffline(false);
    await page
      .getByText(/You are offline/)
      .first()
      .waitFor({ state: 'detached' });
    await developed(page, 1);
  });
});
