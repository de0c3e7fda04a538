/** System notifications: offered once, enabled by a press, shown only while the page is hidden. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, generate, setVisibility, card } from './steps.ts';

interface Log {
  asked: number;
  shown: { title: string; body: string }[];
}

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await page.addInitScript(standInForSystem);
  await openSignedIn();
});

/** Runs in the page, before its scripts: a headless browser shows neither notifications nor their prompt. */
function standInForSystem(): void {
  const log: Log = { asked: 0, shown: [] };
  class SystemNotification extends EventTarget {
    // Survives a reload, as in a browser.
    static permission = (sessionStorage.getItem('permission') ?? 'default') as NotificationPermission;
    static async requestPermission(): Promise<NotificationPermission> {
      log.asked += 1;
      SystemNotification.permission = 'granted';
      sessionStorage.setItem('permission', 'granted');
      return 'granted';
    }
    constructor(title: string, options: NotificationOptions) {
      super();
      log.shown.push({ title, body: options.body ?? '' });
    }
    close(): void {}
  }
  Object.assign(window, { Notification: SystemNotification, log });
}

const log = () => page.evaluate(() => (window as unknown as { log: Log }).log);
const offer = () =>
  page
    .getByRole('status', { name: 'Notices' })
    .getByText('This one takes a while. Get a notification when it is done?');

describe('a system notification', () => {
  it('is offered once at the first long wait, enabled by a press, and shown while the page is hidden', async () => {
    await generate(page, 'A hill sandbox:slow=4000');
    await offer().waitFor();
    expect(await log()).toEqual({ asked: 0, shown: [] });
    await page.getByRole('button', { name: 'Notify me' }).click();
    await offer().waitFor({ state: 'detached' });
    expect((await log()).asked).toBe(1);

    await generate(page, 'A lake sandbox:plain');
    await developed(page, 2);
    expect((await log()).shown).toEqual([]);

    await generate(page, 'A wood sandbox:slow=400');
    await card(page, 3).getByRole('progressbar').waitFor();
    await setVisibility(page, 'hidden');
    await developed(page, 3);
    await expect
      .poll(async () => (await log()).shown)
      .toEqual([{ title: 'Your images are ready', body: 'A wood sandbox:slow=400' }]);
    await setVisibility(page, 'visible');

    await page.reload();
    await card(page, 1).getByRole('progressbar').waitFor();
    // First, because this one ends soon after the press.
    await setVisibility(page, 'hidden');
    await generate(page, 'A moor sandbox:blocked');
    await expect
      .poll(async () => (await log()).shown)
      .toEqual([{ title: 'This one didn’t develop', body: 'A moor sandbox:blocked' }]);
  });

  it('is neither requested nor shown while off', async () => {
    await generate(page, 'A hill sandbox:slow=400');
    await card(page, 1).getByRole('progressbar').waitFor();
    await setVisibility(page, 'hidden');
    await developed(page, 1);
    await expect.poll(() => page.title()).toMatch(/^Done: A hill/);
    expect(await log()).toEqual({ asked: 0, shown: [] });
  });
});
