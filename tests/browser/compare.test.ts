/** Images side by side, and one image as large as it is. */
import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, focusedName, generate } from './steps.ts';

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const comparison = () => page.getByRole('dialog', { name: /^Compare/ });
const lightbox = () => page.getByRole('dialog', { name: /^Frame/ });
const pictures = () =>
  comparison()
    .getByRole('group', { name: /^Pictures/ })
    .locator('img[alt^="Frame"]');
const names = () => pictures().evaluateAll((found) => found.map((picture) => picture.getAttribute('alt')));
/** What is shown of each picture. */
const views = () =>
  comparison()
    .locator('.compare-picture')
    .evaluateAll((found) =>
      (found as HTMLElement[]).map(({ style }) =>
        ['--zoom', '--x', '--y'].map((name) => style.getPropertyValue(name)),
      ),
    );

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

it('compares by keyboard: one zoom and position, a wipe, and names that can be hidden', async () => {
  await generate(page, 'A hill', 3);
  await developed(page, 1);
  await page.getByRole('button', { name: 'Open frame 1', exact: true }).focus();
  await page.keyboard.press('c');
  await page.getByText('Frame 1 is selected. Choose another one to compare it with.').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('c');
  await comparison().getByRole('heading', { name: 'Compare 2 frames' }).waitFor();
  expect(await names()).toEqual(['Frame 1', 'Frame 1A']);

  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  await comparison().getByText('150%').waitFor();
  const [first, second] = await views();
  expect(first?.[0]).toBe('1.5');
  expect(Number(first?.[1])).toBeGreaterThan(0.5);
  expect(second).toEqual(first);
  await page.mouse.move(300, 400);
  await page.mouse.wheel(0, -200);
  await expect.poll(async () => Number((await views())[0]?.[0])).toBeGreaterThan(2);
  const [one, other] = await views();
  expect(other).toEqual(one);
  await page.keyboard.press('0');
  await shoot(page, 'compare-two');
  await expectAccessible();

  await page.keyboard.press('w');
  const divider = comparison().getByRole('slider', { name: 'Divider between Frame 1 and Frame 1A' });
  await divider.focus();
  await page.keyboard.press('End');
  expect(await divider.getAttribute('aria-valuetext')).toBe('100% of Frame 1');
  await page.keyboard.press('Home');
  expect(await divider.getAttribute('aria-valuetext')).toBe('0% of Frame 1');
  await expectAccessible();
  await page.keyboard.press('w');

  await page.keyboard.press('b');
  await comparison().getByText('Names are hidden, and the order is random.').waitFor();
  expect(await names()).toEqual(['Frame A', 'Frame B']);
  expect(await comparison().innerText()).not.toMatch(/FLUX|1A/);
  await shoot(page, 'compare-blind');
  await comparison().getByRole('button', { name: 'Mark: Frame B' }).click();
  await page.keyboard.press('b');
  const shown = await names();
  expect(shown.toSorted()).toEqual(['Frame 1', 'Frame 1A']);
  await comparison()
    .getByRole('button', { name: `Mark: ${shown[1]}`, pressed: true })
    .waitFor();

  await page.keyboard.press('Escape');
  await comparison().waitFor({ state: 'detached' });
  expect(await focusedName(page)).toBe('Select frame 1A');
});

it('compares up to four that are selected, on a phone too, and says so where it cannot', async () => {
  await generate(page, 'A hill sandbox:plain', 4);
  await developed(page, 1);
  await generate(page, 'A cliff sandbox:plain');
  await developed(page, 2);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('button', { name: 'Select frame 2', exact: true }).click();
  await page.getByRole('button', { name: 'Select frame 1C' }).click({ modifiers: ['Shift'] });
  const bar = page.getByRole('region', { name: 'Selected frames' });
  await bar.getByRole('button', { name: 'Compare' }).click();
  await page.getByText('Choose 2 to 4 frames to compare.').waitFor();
  await page.getByRole('button', { name: 'Select frame 1C' }).click();
  await bar.getByRole('button', { name: 'Compare' }).click();
  await comparison().getByRole('heading', { name: 'Compare 4 frames' }).waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => pictures().count()).toBe(4);
  await shoot(page, 'compare-phone');
  await expectAccessible();
});

it('shows each pixel of a picture as one of the screen, marks it in its corner, and saves another type of file', async () => {
  await generate(page, 'A red kite sandbox:plain');
  await developed(page, 1);
  await page.getByRole('button', { name: 'Open frame 1', exact: true }).click();
  await page.keyboard.press('1');
  const picture = lightbox().locator('.lightbox-image');
  await expect
    .poll(() =>
      picture.evaluate(
        (image: HTMLImageElement) =>
          Math.round(image.getBoundingClientRect().width * devicePixelRatio) - image.naturalWidth,
      ),
    )
    .toBe(0);
  await lightbox().getByRole('button', { name: 'Mark', exact: true }).click();
  await lightbox().getByRole('button', { name: 'Mark', exact: true, pressed: true }).waitFor();
  await lightbox().getByRole('button', { name: 'As another file type' }).click();
  await shoot(page, 'lightbox-actions');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    lightbox().getByRole('button', { name: 'JPEG' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('a-red-kite-sandbox-plain-1.jpg');
  const { format } = await sharp(await readFile(await download.path())).metadata();
  expect(format).toBe('jpeg');
});
