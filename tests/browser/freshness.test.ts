/** The page shows the current state: progress, days, the session, credits, and tasks from elsewhere. */
import { beforeEach, describe, expect, it } from 'vitest';
import { guardSockets } from './browser.ts';
import { allowErrors, app, context, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { graphqlInPage, prompt, send, standIn, card } from './steps.ts';

const creditsUrl = 'https://credits.example/more';
const phone = { width: 390, height: 844 };

useApp({
  SANDBOX_SPEED: '10',
  POLL_INTERVAL_MS: '200',
  SIGNUP_CREDITS: '4',
  CREDITS_URL: creditsUrl,
  TASK_TIMEOUT_MS: '3000000',
});
beforeEach(() => openPage());

const mutation = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';
const request = (text: string, count = 1) => {
  const model = 'black-forest-labs/flux-schnell';
  return { input: { model, scene: 'TEXT_TO_IMAGE', prompt: text, options: { count } } };
};

/** Creates a task as another device of the same user does. */
async function createElsewhere(text: string): Promise<void> {
  const answer = await context.request.post(`${app.url}/graphql`, {
    data: { query: mutation, variables: request(text) },
  });
  expect(await answer.json()).not.toHaveProperty('errors');
}

describe('credits', () => {
  it('of a new account are shown to a visitor', async () => {
    await page.goto(app.url);
    const free = '4 credits free when you sign up';
    await page.locator('.generate-form .cost').getByText(free).waitFor();
    await page.getByRole('main').getByText(free).waitFor();
    await prompt(page).fill('A hill');
    await send(page);
    await page.getByRole('dialog').getByText(free).waitFor();
    await page.keyboard.press('Escape');
    await page.setViewportSize(phone);
    await page.getByRole('main').getByText(free).waitFor();
  });

  it('that are used up come with the way to more: at Generate, on a phone and in the account', async () => {
    await openSignedIn();
    await graphqlInPage(page, mutation, request('A hill sandbox:plain', 2));
    await page.reload();
    const link = page.getByRole('link', { name: 'Get credits' });
    await page.locator('.generate-form .cost').getByText('This costs 2 credits and you have 0.').waitFor();
    expect(await link.getAttribute('href')).toBe(creditsUrl);
    await page.setViewportSize(phone);
    await page.locator('.bottom-sheet').waitFor();
    expect(await link.getAttribute('href')).toBe(creditsUrl);
    await page.goto(`${app.url}/account`);
    expect(await link.getAttribute('href')).toBe(creditsUrl);
  });
});

describe('a session', () => {
  it('shows nothing of the page of visitors while it loads', async () => {
    await openSignedIn();
    await page.addInitScript(() => {
      Object.assign(window, { sawVisitorPage: false });
      new MutationObserver(() => {
        const isShown = document.querySelector('.empty, .sign-in-button') !== null;
        if (isShown) Object.assign(window, { sawVisitorPage: true });
      }).observe(document, { childList: true, subtree: true });
    });
    await graphqlInPage(page, mutation, request('A hill sandbox:plain'));
    let isFirst = true;
    await standIn(page, 'Session', async (route) => {
      const waits = isFirst;
      isFirst = false;
      if (waits) await page.locator('.generate-form .prompt').waitFor();
      await route.fallback();
    });
    await page.reload();
    await card(page, 1).waitFor();
    expect(await page.evaluate(() => (window as { sawVisitorPage?: boolean }).sawVisitorPage)).toBe(false);
  });

  it('without a cookie shows the page of visitors before the server responds', async () => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await standIn(page, 'Session', async (route) => {
      await held;
      await route.fallback();
    });
    await page.goto(app.url);
    await page.getByText('Describe a picture. Watch it develop.').waitFor();
    answer();
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('whose cookie the browser refuses is reported as that, never as a sign-out', async () => {
    await page.route('**/api/auth/**', async (route) => {
      const response = await route.fetch();
      const { 'set-cookie': _, ...headers } = response.headers();
      await context.clearCookies();
      await route.fulfill({ response, headers });
    });
    await page.goto(app.url);
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor();
    await page.locator('.generate-form').getByLabel('Model', { exact: true }).waitFor();
    await prompt(page).fill('A hill');
    await send(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Tester');
    await dialog.getByLabel('Email').fill(`${crypto.randomUUID()}@example.test`);
    await dialog.getByLabel('Password').fill('correct horse battery');
    await dialog.getByRole('button', { name: 'Create account' }).click();
    await dialog.getByText(/Your browser refused the cookie that keeps you signed in/).waitFor();
    expect(await page.getByText('You were signed out').count()).toBe(0);
  });

  it('that does not load is explained by the cause that the server names, on the page and at the models', async () => {
    allowErrors('403');
    const refused = await context.request.post(`${app.url}/graphql`, {
      data: { query: '{ viewer { id } }' },
      headers: { origin: 'http://elsewhere.example' },
    });
    expect(refused.status()).toBe(403);
    const body = (await refused.json()) as { errors: { message: string }[] };
    await page.route('**/graphql', (route) => route.fulfill({ status: 403, json: body }));
    for (const path of ['/', '/history']) {
      await page.goto(app.url + path);
      const alert = page.locator('.page-failure');
      await alert.getByText(body.errors[0]!.message).waitFor();
      await alert.getByRole('button', { name: 'Try again' }).waitFor();
    }
    await page.goto(app.url);
    await page.locator('.generate-form').getByText(body.errors[0]!.message).waitFor();
    await page.unroute('**/graphql');
    await page.locator('.page-failure').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).waitFor();
    await page.locator('.generate-form').getByLabel('Model', { exact: true }).waitFor();
  });
});

describe('a task that was created elsewhere', () => {
  it('appears on an idle page within five seconds, and so does what it cost', async () => {
    await openSignedIn();
    await expect.poll(() => subscribers()).toBe(1);
    await createElsewhere('From another device sandbox:plain');
    await page.getByText('From another device').waitFor({ timeout: 5_000 });
    await page.locator('.balance strong').getByText('2', { exact: true }).waitFor();
  });

  it('appears without a socket', async () => {
    allowErrors('WebSocket');
    const sockets = await guardSockets(page);
    sockets.cut();
    await openSignedIn();
    await page.getByText('Live updates stopped. Checking every 5 s.').waitFor();
    await createElsewhere('From another device sandbox:plain');
    await page.getByText('From another device').waitFor();
  });
});

async function subscribers(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^proofsheet_subscribers (\d+)$/m.exec(text)?.[1]);
}

describe('progress', () => {
  const messages = () => card(page, 1).locator('.progress-text').innerText();
  const figure = async () => Number(/\d+/.exec(await messages())?.[0]);

  it('continues after a translator has replaced every text of the page', async () => {
    await openSignedIn();
    await prompt(page).fill('A valley sandbox:slow=400');
    await send(page);
    await expect.poll(figure, { timeout: 30_000 }).toBeGreaterThan(0);
    const before = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts.filter(({ data }) => data.trim() !== '')) {
        // As Chrome's translator does it.
        const [outer, inner] = [document.createElement('font'), document.createElement('font')];
        inner.textContent = text.data;
        outer.append(inner);
        text.replaceWith(outer);
      }
      return document.querySelector('.balance strong')?.textContent;
    });
    const translated = await figure();
    await expect.poll(figure, { timeout: 30_000 }).toBeGreaterThan(translated);
    await createElsewhere('Another sandbox:plain');
    await expect.poll(() => page.locator('.balance strong').textContent()).not.toBe(before);
  });

  it('stops and shows it while the server is unreachable', async () => {
    allowErrors('WebSocket', 'ERR_FAILED');
    const sockets = await guardSockets(page);
    await openSignedIn();
    await prompt(page).fill('A valley sandbox:slow=400');
    await send(page);
    await expect.poll(figure, { timeout: 30_000 }).toBeGreaterThan(0);
    await page.route('**/graphql', (route) => route.abort());
    sockets.cut();
    const away = 'No answer from the server';
    await expect.poll(messages).toContain(away);
    const said = await messages();
    expect(said).not.toMatch(/ s left| s so far/);
    await expect(expect.poll(messages, { timeout: 4_000 }).not.toBe(said)).rejects.toThrow();
    await page.unroute('**/graphql');
    sockets.mend();
    await expect.poll(messages, { timeout: 30_000 }).not.toContain(away);
  });
});

describe('the day', () => {
  it('changes its name after midnight, without a reload', async () => {
    await openSignedIn();
    await graphqlInPage(page, mutation, request('A hill sandbox:plain'));
    await page.clock.install();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    const untilMidnightMs = await page.evaluate(() => new Date().setHours(24, 0, 1, 0) - Date.now());
    await page.clock.fastForward(untilMidnightMs);
    await page.getByRole('heading', { level: 1, name: 'Yesterday' }).waitFor();
  });
});
