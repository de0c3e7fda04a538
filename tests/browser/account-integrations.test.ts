/** The account page for integrators: a key that is made, used and revoked. */
import { expect, it } from 'vitest';
import { app, context, openPage, page, useApp } from './fixture.ts';
import { signUpByApi } from './steps.ts';

useApp();

async function openAccount(): Promise<void> {
  await openPage();
  await signUpByApi(context, app.url);
  await page.goto(`${app.url}/account`);
}

const section = (name: string) => page.getByRole('region', { name, exact: true });
const dialog = () => page.getByRole('dialog');

/** What a program with this key gets for a query of its user. */
async function ask(secret: string): Promise<{ data?: { viewer: { name: string } }; errors?: unknown[] }> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
  return (await response.json()) as Awaited<ReturnType<typeof ask>>;
}

it('makes a key that works until it is revoked', async () => {
  await openAccount();
  const keys = section('API keys');
  await keys.getByRole('button', { name: 'Create a key' }).click();
  await dialog().getByRole('button', { name: 'Create', exact: true }).click();
  await dialog().getByText('A name has 1 to 100 characters.').waitFor();
  await page.keyboard.type('Nightly build');
  await dialog().getByLabel('Expires').selectOption('week');
  await dialog().getByLabel('Credit limit').fill('20');
  await page.keyboard.press('Enter');

  await keys.getByRole('button', { name: 'Copy' }).waitFor();
  const secret = await keys.getByText(/^psk_\w{30,}$/).innerText();
  await keys.getByRole('listitem').getByText('0 of 20').waitFor();
  expect(await ask(secret)).toEqual({ data: { viewer: { name: 'Tester' } } });

  await keys.getByRole('button', { name: 'I have it, hide it' }).click();
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await keys.getByRole('button', { name: 'Revoke Nightly build' }).click();
  await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
  await keys.getByRole('listitem').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Create a key');
  expect((await ask(secret)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
