import { render, screen } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { installBrowserParts, press, submitForm } from '../testing/browser.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { entity } from '../testing/tasks.ts';
import type { AuthClient } from './auth-client.ts';
import { SignInDialog } from './sign-in-dialog.tsx';

/** The dialog, of a request that waits or of the button in the top bar. */
async function open(isWaiting: boolean, signUps = 'OPEN') {
  const { server, client } = createScriptedApi();
  const auth = { signIn: async () => undefined } as unknown as AuthClient;
  const { unmount } = render(() => (
    <Provider value={client}>
      <SignInDialog
        open
        auth={auth}
        waiting={isWaiting ? { prompt: 'Sea', imageCodes: ['1'] } : undefined}
        freeCredits={20}
        onSignedIn={async () => true}
        onClose={() => {}}
      />
    </Provider>
  ));
  const request = await server.next('SignInOptions');
  await request.answer({ signInOptions: entity('SignInOptions', { id: 'options', signUps, providers: [] }) });
  return unmount;
}

const heading = () => screen.getByRole('heading').textContent;
const fill = (label: string, value: string) => {
  const input = screen.getByLabelText<HTMLInputElement>(label);
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
};

beforeAll(installBrowserParts);
beforeEach(() => localStorage.clear());

describe('the sign-in dialog', () => {
  it('offers an account first where a request is written, says what it comes with, and can sign in instead', async () => {
    await open(true);
    expect(heading()).toBe('Create an account to develop this');
    expect(screen.getByText('20 credits free when you sign up')).toBeTruthy();
    press('I already have an account');
    expect(heading()).toBe('Sign in to develop this');
  });

  it('offers the sign-in first where somebody has signed in before, or asks for it', async () => {
    const unmount = await open(false);
    expect(heading()).toBe('Sign in');
    fill('Email', 'a@example.com');
    fill('Password', 'long enough');
    submitForm();
    await settled();
    unmount();
    await open(true);
    expect(heading()).toBe('Sign in to develop this');
  });

  it.each(['CLOSED', 'INVITE'])('offers no account where sign-ups are %s', async (signUps) => {
    await open(true, signUps);
    expect(heading()).toBe('Sign in to develop this');
    expect(screen.queryByRole('button', { name: 'Create an account instead' })).toBeNull();
  });

  it('offers one to who was invited', async () => {
    history.replaceState(null, '', '/?invite=code');
    onTestFinished(() => history.replaceState(null, '', '/'));
    await open(true, 'INVITE');
    expect(heading()).toBe('Create an account to develop this');
  });
});
