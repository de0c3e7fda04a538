/** One prompt on several models, by one press. */
import { AxeBuilder } from '@axe-core/playwright';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { card, openForm, prompt, send } from './steps.ts';

useApp({ SIGNUP_CREDITS: '20' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

async function made(): Promise<{ model: { label: string }; costCredits: number }[]> {
  const query = '{ viewer { tasks { nodes { model { label } costCredits } } } }';
  const asked = { data: { query }, headers: { origin: app.url } };
  const response = await page.request.post(`${app.url}/graphql`, asked);
  return ((await response.json()) as { data: { viewer: { tasks: { nodes: never[] } } } }).data.viewer.tasks
    .nodes;
}

it('sends one request to each ticked model at the price shown, and shows their cards beside each other', async () => {
  await prompt(page).fill('A harbour sandbox:plain');
  await page.getByRole('button', { name: 'On several models' }).click();
  await page.getByRole('checkbox', { name: /^Nano Banana/ }).check();
  await page.getByRole('checkbox', { name: /^Seedream 4/ }).check();
  await page.getByText('3 models: 2 + 2 + 2 = 6 credits').waitFor();
  await page.getByText('14 left after').waitFor();
  await shoot(page, 'several-form');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  await page.getByRole('button', { name: /^Generate/ }).dblclick();
  for (const number of [1, 2, 3])
    await card(page, number)
      .getByRole('button', { name: `Open frame ${number}` })
      .waitFor();
  expect((await made()).map(({ model, costCredits }) => [model.label, costCredits]).toSorted()).toEqual([
    ['FLUX Schnell', 2],
    ['Nano Banana', 2],
    ['Seedream 4', 2],
  ]);
  const [first, second] = await Promise.all([2, 3].map((number) => card(page, number).boundingBox()));
  expect(first?.y).toBe(second?.y);
  expect(first?.x).not.toBe(second?.x);
  await shoot(page, 'several-cards');

  await page.setViewportSize({ width: 390, height: 844 });
  await openForm(page);
  await page.getByRole('checkbox', { name: /^Nano Banana/ }).scrollIntoViewIfNeeded();
  await shoot(page, 'several-phone');
});

it('compares the whole price with the balance before anything is sent', async () => {
  await prompt(page).fill('A harbour sandbox:plain');
  await page.getByLabel('Images', { exact: true }).selectOption('4');
  await page.getByRole('button', { name: 'On several models' }).click();
  await page.getByRole('checkbox', { name: /^Nano Banana/ }).check();
  await page.getByRole('checkbox', { name: /^Seedream 4/ }).check();
  await page.getByRole('checkbox', { name: /^Gemini/ }).check();
  await page.getByText(/^This costs \d+ credits and you have 20\.$/).waitFor();
  await send(page);
  expect(await made()).toEqual([]);
});
