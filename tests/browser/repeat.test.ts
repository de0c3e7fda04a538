/** What makes more of a result: again, with its seed, from one image, with another model, and where it came from. */
import { createHash } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { card, generate, send } from './steps.ts';

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

interface Made {
  prompt: string;
  options: { seed?: number };
  scene: string;
  costCredits: number;
  model: { label: string };
  parent: { id: string } | null;
  id: string;
  images: { url: string }[];
}

/** The tasks of the user, oldest first. */
async function made(): Promise<Made[]> {
  const query =
    '{ viewer { tasks { nodes { id prompt scene costCredits options model { label } parent { id } images { url } } } } }';
  const response = await page.request.post(`${app.url}/graphql`, {
    data: { query },
    headers: { origin: app.url },
  });
  const { data } = (await response.json()) as { data: { viewer: { tasks: { nodes: Made[] } } } };
  return data.viewer.tasks.nodes.toReversed();
}

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

const digest = async ({ images }: Made) =>
  createHash('sha256')
    .update(await (await fetch(images[0]!.url)).bytes())
    .digest('hex');

it('again, from a card: a new seed, charged once, and a card that leads to where it came from', async () => {
  await generate(page, 'A hill sandbox:plain');
  await card(page, 1).getByRole('button', { name: 'More about request 1' }).click();
  await card(page, 1).getByRole('button', { name: 'Again · 2 credits' }).dblclick();
  const link = card(page, 2).getByRole('link', { name: 'from 1' });
  await link.waitFor();
  await card(page, 2).getByRole('button', { name: 'Open frame 2' }).waitFor();
  const [first, second, ...more] = await made();
  expect(more).toEqual([]);
  expect(second).toMatchObject({ prompt: 'A hill sandbox:plain', costCredits: 2, parent: { id: first!.id } });
  expect(second!.options.seed).not.toBe(first!.options.seed);
  await shoot(page, 'repeat-card');
  await link.click();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Request 1');
});

it('the same seed, from the large view: the same picture byte for byte, and the form says where it comes from', async () => {
  await generate(page, 'A cliff sandbox:plain');
  await card(page, 1).getByRole('button', { name: 'Open frame 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Again · 2 credits' }).waitFor();
  await shoot(page, 'repeat-lightbox');
  await page.getByRole('dialog').getByRole('button', { name: 'Same seed' }).click();
  await page.getByText('from 1', { exact: true }).waitFor();
  await shoot(page, 'repeat-form');
  await expectAccessible();
  await send(page);
  await card(page, 2).getByRole('button', { name: 'Open frame 2' }).waitFor();
  const [first, second] = await made();
  expect(second!.options).toEqual(first!.options);
  expect(await digest(second!)).toBe(await digest(first!));

  await page.getByRole('button', { name: 'No longer from 1' }).click();
  await send(page);
  await card(page, 3).getByRole('button', { name: 'Open frame 3' }).waitFor();
  expect((await made())[2]!.parent).toBeNull();
});

it('with another model and from one image, by keyboard, and the large view shows the chain', async () => {
  await generate(page, 'A lake sandbox:plain');
  await card(page, 1).getByRole('button', { name: 'Open frame 1' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'With another model' }).focus();
  await page.keyboard.press('Enter');
  const models = dialog.getByRole('group', { name: 'With another model' });
  await expectAccessible();
  await shoot(page, 'repeat-models');
  await models.getByRole('button', { name: 'Nano Banana · 2 credits' }).focus();
  await page.keyboard.press('Enter');
  await card(page, 2).getByRole('button', { name: 'Open frame 2' }).waitFor();

  await card(page, 2).getByRole('button', { name: 'Open frame 2' }).focus();
  await page.keyboard.press('v');
  await page.locator('.reference-list .reference').first().waitFor();
  await send(page);
  await card(page, 3).getByRole('button', { name: 'Open frame 3' }).click();
  await dialog
    .getByRole('navigation', { name: 'Where it came from' })
    .getByRole('link', { name: '1' })
    .waitFor();
  await shoot(page, 'repeat-chain');
  const [first, second, third] = await made();
  expect(second).toMatchObject({ model: { label: 'Nano Banana' }, parent: { id: first!.id } });
  expect(third).toMatchObject({ scene: 'IMAGE_TO_IMAGE', costCredits: 4, parent: { id: second!.id } });
});
