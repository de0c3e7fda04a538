import { fireEvent, render, screen, within } from '@solidjs/testing-library';
import { beforeAll, describe, expect, it } from 'vitest';
import { installBrowserParts, press, submitForm } from '../testing/browser.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { entity } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { ApiKeys } from './api-keys.tsx';

const key = (further: object) =>
  entity('ApiKey', {
    id: 'key-1',
    name: 'Nightly build',
    prefix: 'psk_abcdefgh',
    scopes: ['READ'],
    createdAt: '2026-03-01T12:00:00.000Z',
    lastUsedAt: null,
    expiresAt: null,
    creditLimit: null,
    creditsSpent: 0,
    ...further,
  });
const listOf = (...apiKeys: object[]) => ({ viewer: entity('Viewer', { id: 'viewer-1', apiKeys }) });

async function open(...keys: object[]) {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  render(() => <ApiKeys client={client} viewerId="viewer-1" toasts={toasts} />);
  await (await server.next('ApiKeys')).answer(listOf(...keys));
  return { server, toasts };
}

const write = (label: string, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });

describe('the API keys', () => {
  beforeAll(installBrowserParts);

  it('are listed with what they may do and have spent', async () => {
    await open(
      key({ creditLimit: 50, creditsSpent: 12, scopes: ['READ', 'WRITE'] }),
      key({ id: 'key-2', name: 'Old', expiresAt: '2020-01-01T00:00:00.000Z' }),
    );
    const [first, second] = screen.getAllByRole('listitem');
    for (const text of ['Nightly build', 'psk_abcdefgh…', 'read and write', 'never', '12 of 50'])
      expect(first!.textContent).toContain(text);
    expect(within(second!).getByText('Expired')).toBeTruthy();
  });

  it('are created with an expiry and a limit; the secret is shown until it is dismissed', async () => {
    const { server } = await open();
    expect(screen.getByRole('link').getAttribute('href')).toBe('/graphql');
    press('Create a key');
    write('Name', ' CI ');
    fireEvent.click(screen.getByLabelText(/^Write/));
    fireEvent.change(screen.getByLabelText('Expires'), { target: { value: 'week' } });
    write('Credit limit', '20');
    submitForm();
    const request = await server.next('CreateApiKey');
    const { expiresAt, ...input } = request.variables['input'] as { expiresAt: string };
    expect(input).toEqual({ name: 'CI', scopes: ['READ'], creditLimit: 20 });
    expect((Date.parse(expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(7, 2);
    await request.answer({ createApiKey: { __typename: 'CreateApiKeyPayload', secret: 'psk_secret' } });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Copy' }));
    expect(screen.getByText('psk_secret')).toBeTruthy();
    await (await server.next('ApiKeys')).answer(listOf(key({ name: 'CI' })));
    expect(screen.getByRole('listitem').textContent).toContain('CI');
    press('I have it, hide it');
    expect(document.body.textContent).not.toContain('psk_secret');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Create a key' }));
  });

  it('are refused at the field, by the page and by the server', async () => {
    const { server } = await open();
    press('Create a key');
    write('Credit limit', 'many');
    submitForm();
    await settled();
    expect(server.log).toEqual(['ApiKeys']);
    expect(document.activeElement).toBe(screen.getByLabelText('Credit limit'));
    write('Credit limit', '');
    submitForm();
    await (await server.next('CreateApiKey')).refuse('INVALID_INPUT', { field: 'name' });
    const name = screen.getByLabelText('Name');
    expect(document.activeElement).toBe(name);
    expect(name.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('A name has 1 to 100 characters.')).toBeTruthy();
    submitForm();
    await (await server.next('CreateApiKey')).refuse('INVALID_INPUT');
    expect(screen.getByRole('alert').textContent).toBe(
      'You have as many keys as there can be. Revoke one first.',
    );
    submitForm();
    await (await server.next('CreateApiKey')).drop();
    expect(screen.getByRole('alert').textContent).toContain('could not be reached');
  });

  it('are revoked after a confirmation', async () => {
    const { server, toasts } = await open(key({}));
    press('Revoke Nightly build');
    expect(screen.getByRole('dialog').textContent).toContain('Revoke Nightly build?');
    expect(server.log).not.toContain('RevokeApiKey');
    submitForm();
    const request = await server.next('RevokeApiKey');
    expect(request.variables).toEqual({ id: 'key-1' });
    await request.answer({ revokeApiKey: { __typename: 'RevokeApiKeyPayload', revokedId: 'key-1' } });
    await (await server.next('ApiKeys')).answer(listOf());
    expect(screen.queryByRole('listitem')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Create a key' }));
    expect(toasts.list()[0]?.text).toBe('Nightly build is revoked.');
  });
});
