/** Signing in: which tries are counted, and by whom. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
afterEach(() => app?.remove());

const password = 'correct horse battery';

/** A new account, and tries to sign in to it from an address, as the one proxy in front tells it. */
async function openAccount() {
  const email = `${randomUUID()}@example.test`;
  const post = (path: string, address: string, body: object) =>
    fetch(`${app.url}/api/auth/${path}/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
      body: JSON.stringify(body),
    });
  await post('sign-up', '192.0.2.1', { name: 'Owner', email, password });
  const signIn = async (address: string, tried: string) =>
    post('sign-in', address, { email: email.toUpperCase(), password: tried });
  return { signIn };
}

it('counts no more than 30 tries of an address, and those of another apart', async () => {
  app = await startTestApp({ TRUSTED_PROXIES: '1' });
  // better-auth's own limit would allow three in ten seconds, of all callers together.
  for (let caller = 1; caller <= 8; caller += 1) {
    const { signIn } = await openAccount();
    expect((await signIn(`198.51.100.${caller}`, password)).status).toBe(200);
  }
});

it('slows guesses at one account from many addresses, and does not lock out its owner', async () => {
  app = await startTestApp({ TRUSTED_PROXIES: '1', FAILED_SIGN_INS_PER_MINUTE: '5' });
  const { signIn } = await openAccount();
  const other = await openAccount();
  const home = '192.0.2.7';
  expect((await signIn(home, password)).status).toBe(200);
  const guesses: Response[] = [];
  for (let guess = 1; guess <= 7; guess += 1) guesses.push(await signIn(`203.0.113.${guess}`, 'a wrong one'));
  expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(Number(guesses.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await guesses.at(-1)?.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect((await signIn(home, password)).status).toBe(200);
  expect((await other.signIn('203.0.113.8', password)).status).toBe(200);
});

it('keeps the address of a session as the trusted proxies tell it, whatever the caller wrote before', async () => {
  app = await startTestApp({ TRUSTED_PROXIES: '1' });
  const { signIn } = await openAccount();
  const { token } = (await (await signIn('1.2.3.4, 192.0.2.9', password)).json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${app.url}/api/auth/get-session`, { headers });
  expect(await answer.json()).toMatchObject({ session: { ipAddress: '192.0.2.9' } });
});
