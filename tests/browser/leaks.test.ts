/** Leaks: blob URLs, sockets, subscriptions and listeners are released. */
import { beforeEach, describe, expect, it } from 'vitest';
import { app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { pictureFile, prompt } from './steps.ts';

/** The resources of the page, counted by wrapping the functions that create them. */
interface Held {
  blobUrls: number;
  /** Listeners on the window and the document, by event. */
  listeners: Record<string, number>;
}

/** For a busy machine. */
const patience = { timeout: 15_000 };

let sockets: number;

useApp({ SIGNUP_CREDITS: '500', SANDBOX_SPEED: '100' });
beforeEach(async () => {
  await openPage();
  sockets = 0;
  page.on('websocket', (socket) => {
    sockets += 1;
    socket.on('close', () => (sockets -= 1));
  });
  await page.addInitScript(countWhatIsHeld);
  await openSignedIn();
});

/** Runs in the page, before its scripts. */
function countWhatIsHeld(): void {
  const urls = new Set<string>();
  const create = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    const url = create(object);
    urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    urls.delete(url);
    revoke(url);
  };

  const held = new Map<string, Set<unknown>>();
  const isRoot = (target: unknown) => target === window || target === document;
  const add = EventTarget.prototype.addEventListener;
  const remove = EventTarget.prototype.removeEventListener;
  EventTarget.prototype.addEventListener = function addAndCount(type, listener, options) {
    if (isRoot(this ?? window) && listener && !(typeof options === 'object' && options.once)) {
      if (!held.has(type)) held.set(type, new Set());
      held.get(type)?.add(listener);
    }
    add.call(this ?? window, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function removeAndCount(type, listener, options) {
    if (isRoot(this ?? window)) held.get(type)?.delete(listener);
    remove.call(this ?? window, type, listener, options);
  };
  Object.assign(window, {
    held: (): Held => ({
      blobUrls: urls.size,
      listeners: Object.fromEntries([...held].map(([type, listeners]) => [type, listeners.size])),
    }),
  });
}

const held = () => page.evaluate(() => (window as unknown as { held: () => Held }).held());

async function gauge(name: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

describe('what the page holds', () => {
  it('has no blob URL left after 50 rounds of adding and removing references', async () => {
    await page.getByRole('tab', { name: 'Image to image' }).click();
    const input = page.locator('input[type=file]').first();
    const before = await held();
    let most = 0;
    for (let round = 0; round < 50; round++) {
      // Every round is another image: a duplicate would not be added.
      await input.setInputFiles([await pictureFile('picture.png', `rgb(${round}, ${round * 5}, 90)`)]);
      await page.getByRole('img', { name: 'Reference 1: picture.png' }).waitFor();
      most = Math.max(most, (await held()).blobUrls);
      await page.getByRole('button', { name: /(Remove|Cancel upload of) picture\.png/ }).click();
      await page.locator('[data-reference]').waitFor({ state: 'detached' });
    }
    expect(most).toBeGreaterThan(0);
    await expect.poll(async () => (await held()).blobUrls, patience).toBe(0);
    expect((await held()).listeners).toEqual(before.listeners);
  });

  it('is the same after 50 tasks as after the first', async () => {
    // A visible page keeps one subscription.
    await expect.poll(() => gauge('proofsheet_subscribers'), patience).toBe(1);
    const send = async (count: number) => {
      const before = await page.getByRole('article').count();
      for (let sent = 1; sent <= count; sent++) {
        // The same form within half a second would be the same press.
        await prompt(page).fill(`A hill sandbox:plain ${before + sent}`);
        await page.keyboard.press('Control+Enter');
        await expect.poll(() => page.getByRole('article').count(), patience).toBe(before + sent);
      }
      // No task card is unfinished, and each one shows its actions.
      await expect
        .poll(
          () =>
            page
              .getByRole('article')
              .filter({ has: page.getByRole('button', { name: 'Remix' }) })
              .count(),
          {
            timeout: 60_000,
          },
        )
        .toBe(before + count);
    };
    await send(1);
    const before = await held();
    await send(49);
    expect((await held()).listeners).toEqual(before.listeners);
    expect((await held()).blobUrls).toBe(0);
    expect(sockets).toBe(1);
    await expect.poll(() => gauge('proofsheet_subscribers'), patience).toBe(1);
    expect(await gauge('proofsheet_sockets')).toBe(1);
  });
});
