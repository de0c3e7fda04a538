/** The whole journey without a mouse: the focus is visible at each stop. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { app, openPage, page, useApp } from './fixture.ts';
import { developed, focusedName, pictureFile, prompt, card } from './steps.ts';

let stops: number;

useApp({ SIGNUP_CREDITS: '100', SANDBOX_SPEED: '20' });
beforeEach(async () => {
  // Rings of the focus fade in.
  await openPage({ reducedMotion: 'no-preference' });
  stops = 0;
  await page.goto(app.url);
});

interface Stop {
  name: string;
  isOnBody: boolean;
  hasSign: boolean;
  isInView: boolean;
  coveredBy: string | undefined;
}

/** The focused element, and whether its focus is visible. */
function look(): Promise<Stop> {
  stops += 1;
  return page.evaluate(async () => {
    // After the next paint: elements scroll into view with the focus, and focus rings fade in.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const element = document.activeElement as HTMLElement;
    const box = element.getBoundingClientRect();
    const middle = {
      x: (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
      y: (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2,
    };
    const top = document.elementFromPoint(middle.x, middle.y);
    const label = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 60) ?? '';
    const isMarked = (candidate: Element | null | undefined, part?: string) => {
      if (!candidate) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(candidate, part);
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
    };
    // The ring of a field may be around its box; that of an image is above it.
    const around = element.matches('textarea, input') ? element.parentElement : undefined;
    const hasSign =
      isMarked(element) ||
      isMarked(element, '::after') ||
      isMarked(around) ||
      isMarked(around?.parentElement);
    return {
      name: `${element.tagName.toLowerCase()} ${label}`,
      isOnBody: element === document.body,
      hasSign,
      isInView:
        box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      coveredBy:
        top === null || element.contains(top) || top.contains(element)
          ? undefined
          : top.outerHTML.slice(0, 120),
    };
  });
}

async function seeFocus(): Promise<Stop> {
  const stop = await look();
  expect(stop, `focus at: ${stop.name}`).toMatchObject({
    isOnBody: false,
    hasSign: true,
    isInView: true,
    coveredBy: undefined,
  });
  return stop;
}

/** Focus that a script moved may be without a ring; it is never lost. */
async function keepsFocus(): Promise<void> {
  expect((await look()).isOnBody).toBe(false);
}

/** Presses Tab until the control with this name has the focus, and checks every stop. */
async function tabTo(name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  let isRound = false;
  for (let press = 0; press < 80; press++) {
    await page.keyboard.press(key);
    // After the last stop come the controls of the browser, once a round; the page then reports its body.
    if (!isRound && (await look()).isOnBody) {
      isRound = true;
      continue;
    }
    const stop = await seeFocus();
    const accessible = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
      return element.getAttribute('aria-label') ?? (labels || element.textContent?.trim()) ?? '';
    });
    if (name.test(accessible)) return;
    passed.push(stop.name);
  }
  throw new Error(`No stop is called ${name}; there were: ${passed.join(' | ')}`);
}

/** Notices go after ten seconds, and on a slow machine the way there takes longer: these stay, as under a pointer. */
const keepNotices = () => page.getByRole('status', { name: 'Notices' }).dispatchEvent('mouseenter');

describe('with the keyboard alone', () => {
  it('a user signs up, uploads, selects, generates, opens, saves, remixes, deletes and undoes it', async () => {
    await tabTo(/^Sign in$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await seeFocus();
    await tabTo(/^Create an account instead$/);
    await page.keyboard.press('Enter');
    await keepsFocus();
    await tabTo(/^Name/, 'Shift+Tab');
    await page.keyboard.type('Tester');
    await tabTo(/^Email/);
    await page.keyboard.type(`${randomUUID()}@example.test`);
    await tabTo(/^Password/);
    await page.keyboard.type('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keepsFocus();

    await tabTo(/^Text to image$/, 'Tab');
    await page.keyboard.press('ArrowRight');
    await seeFocus();
    await tabTo(/^Prompt/);
    await page.keyboard.type('At night, with stars sandbox:plain');
    await tabTo(/^Add images/);
    const input = page.locator('input[type=file]').first();
    // A headless browser shows no file picker; the test sets its result.
    await input.evaluate((element: HTMLInputElement) =>
      element.addEventListener('click', (event) => {
        event.preventDefault();
        element.dataset['asked'] = 'yes';
      }),
    );
    await page.keyboard.press('Enter');
    await expect.poll(() => input.getAttribute('data-asked')).toBe('yes');
    await input.setInputFiles(await pictureFile('green.png'));
    await page.getByText(/^1 of \d+ ready$/).waitFor();
    await keepsFocus();

    await tabTo(/^Model/);
    const model = page.getByLabel('Model', { exact: true });
    const before = await model.inputValue();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await seeFocusInList();
    await page.keyboard.press('Enter');
    await expect.poll(() => model.inputValue()).not.toBe(before);
    await seeFocus();

    await tabTo(/^Generate/);
    await page.keyboard.press('Enter');
    await developed(page, 1);
    await seeFocus();

    await tabTo(/^Open frame 1$/);
    await page.keyboard.press('Enter');
    const lightbox = page.getByRole('dialog', { name: /^Frame/ });
    await lightbox.waitFor();
    await seeFocus();
    await tabTo(/^Download/);
    const [fromLightbox] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(fromLightbox.suggestedFilename()).toMatch(/-1\.jpg$/);
    await page.keyboard.press('Escape');
    await lightbox.waitFor({ state: 'detached' });
    await seeFocus();
    expect(await focusedName(page)).toBe('Open frame 1');

    await tabTo(/^Download frame 1$/);
    const [fromImage] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(fromImage.suggestedFilename()).toMatch(/-1\.jpg$/);
    await seeFocus();

    await tabTo(/^Remix$/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await keepsFocus();
    await expect.poll(() => prompt(page).inputValue()).toMatch(/^At night/);
    // Its Undo would precede that of the deletion.
    await page.getByText('Your draft was replaced.').waitFor();
    await keepNotices();
    await tabTo(/^Dismiss$/);
    await page.keyboard.press('Enter');
    await keepsFocus();

    await tabTo(/^More about request 1$/);
    await page.keyboard.press('Enter');
    await tabTo(/^Delete$/);
    await page.keyboard.press('Enter');
    await page.getByText('Request 1 deleted.').waitFor();
    await keepNotices();
    await keepsFocus();
    await tabTo(/^Undo$/);
    await page.keyboard.press('Enter');
    await card(page, 1).waitFor();
    await keepsFocus();
    console.log(`keyboard: ${stops} stops, each in sight`);
  });
});

/** The list of a select is drawn by the browser where it can be; the marked option is in it. */
async function seeFocusInList(): Promise<void> {
  const stop = await look();
  expect(stop.isOnBody).toBe(false);
  expect(stop.isInView).toBe(true);
}
