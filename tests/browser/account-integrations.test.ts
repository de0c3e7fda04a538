/** The account page for integrators: a key that is made, used and revoked; a webhook that is added and tested. */
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, it } from 'vitest';
import { openScriptedServer } from '../support/scripted-server.ts';
import { app, context, openPage, page, useApp } from './fixture.ts';
import { signUpByApi } from './steps.ts';

const receiver = await openScriptedServer();
afterAll(() => receiver.close());
useApp({ WEBHOOK_ORIGINS: receiver.url });

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

it('adds a webhook, sends a test that its secret verifies, and deletes it', async () => {
  receiver.answer(() => ({ status: 204, body: '' }));
  await openAccount();
  const webhooks = section('Webhooks');
  await webhooks.getByRole('button', { name: 'Add a webhook' }).click();
  await page.keyboard.type('http://inside.example/hook');
  await page.keyboard.press('Enter');
  await dialog()
    .getByText(/^This takes a public https address/)
    .waitFor();
  await dialog().getByLabel('Address').fill(`${receiver.url}/hook`);
  await page.keyboard.press('Enter');
  const secret = await webhooks.getByText(/^whsec_/).innerText();

  await webhooks.getByRole('button', { name: 'Send a test' }).click();
  await receiver.received(1);
  const { headers, body } = receiver.requests[0]!;
  const payload = new Webhook(secret).verify(body.toString(), headers as Record<string, string>);
  expect(payload).toMatchObject({ test: true });

  await webhooks.getByText('Last deliveries', { exact: true }).click();
  // The answer is written after it has come.
  await expect
    .poll(async () => {
      await webhooks.getByRole('button', { name: 'Refresh' }).click();
      return webhooks.getByRole('table').innerText();
    })
    .toMatch(/Delivered\s+1 attempt, answer 204/);
  await webhooks.getByRole('button', { name: /^Send again/ }).click();
  await receiver.received(2);
  expect(receiver.requests[1]!.headers['webhook-id']).toBe(headers['webhook-id']);

  await webhooks.getByRole('button', { name: 'Delete' }).click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await webhooks.getByRole('listitem').waitFor({ state: 'detached' });
});
