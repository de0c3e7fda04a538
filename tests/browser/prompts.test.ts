/** What helps to write a prompt: styles, saved prompts, and a search in all earlier ones. */
import { AxeBuilder } from '@axe-core/playwright';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, generate, openForm, prompt } from './steps.ts';

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const menu = (name: string) => page.getByRole('group', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

it('appends the words of styles where the user sees them, and keeps prompts for later visits', async () => {
  await prompt(page).fill('A red kite');
  await button('Styles').click();
  await menu('Styles').getByRole('button', { name: 'watercolour' }).click();
  await menu('Styles').getByRole('button', { name: 'isometric' }).click();
  expect(await prompt(page).inputValue()).toBe('A red kite, watercolour, isometric');
  await menu('Styles').getByRole('button', { name: 'watercolour', pressed: true }).click();
  expect(await prompt(page).inputValue()).toBe('A red kite, isometric');
  await menu('Styles').getByRole('button', { name: 'Save this prompt' }).click();
  await menu('Styles').getByRole('button', { name: 'A red kite, isometric', exact: true }).waitFor();
  await shoot(page, 'styles');
  await expectAccessible();
  await page.keyboard.press('Escape');

  await prompt(page).fill('a'.repeat(2000));
  await button('Styles').click();
  await menu('Styles').getByRole('button', { name: 'linocut' }).click();
  await menu('Styles').getByText("'linocut' does not fit. The limit is 2,000 characters.").waitFor();
  expect(await prompt(page).inputValue()).toBe('a'.repeat(2000));

  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await openForm(page);
  await button('Styles').click();
  await shoot(page, 'styles-phone');
  await menu('Styles').getByRole('button', { name: 'A red kite, isometric', exact: true }).click();
  await expect.poll(() => prompt(page).inputValue()).toBe('A red kite, isometric');
  await button('Styles').click();
  await menu('Styles').getByRole('button', { name: 'Do not keep: A red kite, isometric' }).click();
  await menu('Styles').getByRole('button', { name: 'Undo' }).click();
  await menu('Styles').getByRole('button', { name: 'A red kite, isometric', exact: true }).waitFor();
});

it('finds earlier prompts by their words', async () => {
  await generate(page, 'A lighthouse at dusk sandbox:plain');
  await developed(page, 1);
  await generate(page, 'A vase sandbox:plain');
  await developed(page, 2);
  await button('Earlier prompts').click();
  const list = menu('Earlier prompts');
  await list.getByRole('searchbox', { name: 'Search all your prompts' }).fill('dusk');
  await list.getByRole('button', { name: 'A vase sandbox:plain' }).waitFor({ state: 'detached' });
  await shoot(page, 'earlier-search');
  await expectAccessible();
  await list.getByRole('searchbox').fill('a bicycle');
  await list.getByText('No prompt has these words.').waitFor();
  await list.getByRole('searchbox').fill('lighthouse dusk');
  await list.getByRole('button', { name: 'A lighthouse at dusk sandbox:plain' }).click();
  await expect.poll(() => prompt(page).inputValue()).toBe('A lighthouse at dusk sandbox:plain');
});
