/** Forgotten passwords and the confirmation of email addresses, with the mails that a real SMTP server gets. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createCaller, credits } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { openMailbox } from './support/mailbox.ts';
import { createInstallation } from './support/server-process.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let mailbox: Awaited<ReturnType<typeof openMailbox>>;
let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function start(env: Record<string, string> = {}) {
  mailbox = await openMailbox();
  opened.defer(() => mailbox.close());
  app = await startTestApp({ ...mailbox.variables, ...env });
  opened.defer(() => app.remove());
}

const password = 'correct horse battery';
const newPassword = 'staple battery horse';
const newEmail = () => `${randomUUID()}@example.test`;

async function send(path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${app.url}/api/auth${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text === '' ? {} : JSON.parse(text)) as { token?: string; code?: string };
  return { ...json, status: answer.status, text };
}

async function signUp(email = newEmail()) {
  const { token } = await send('/sign-up/email', { name: 'Tester', email, password });
  return { email, token: token ?? '' };
}
const signIn = (email: string, tried = password) => send('/sign-in/email', { email, password: tried });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const isSignedIn = async (token: string) =>
  (await send('/get-session', undefined, bearer(token))).text !== 'null';
const tokenOf = (link: string | undefined) => new URL(link ?? '').searchParams.get('token') ?? '';

describe('a forgotten password', () => {
  it('is replaced by the link of a mail, once, and all sessions end', async () => {
    await start();
    const { email, token: session } = await signUp();
    const asked = await send('/request-password-reset', { email }, { 'Accept-Language': 'de' });
    expect(asked.status).toBe(200);
    const { link } = await mailbox.next(email, /Neues Passwort/);
    expect(link).toMatch(`${app.url}/reset-password?token=`);
    const token = tokenOf(link);
    expect(await send('/reset-password', { token, newPassword })).toMatchObject({ status: 200 });
    expect(await isSignedIn(session)).toBe(false);
    expect(await signIn(email)).toMatchObject({ status: 401 });
    expect(await signIn(email, newPassword)).toMatchObject({ status: 200 });
    expect(await send('/reset-password', { token, newPassword: password })).toMatchObject({
      status: 400,
      code: 'INVALID_TOKEN',
    });
  });

  it('is answered alike for an unknown address, which gets no mail', async () => {
    await start();
    const { email } = await signUp();
    const [known, unknown] = [
      await send('/request-password-reset', { email }),
      await send('/request-password-reset', { email: newEmail() }),
    ];
    expect(unknown).toEqual(known);
    await mailbox.next(email, /new password/);
    expect(mailbox.mails.filter(({ subject }) => /password/.test(subject))).toHaveLength(1);
  });

  it('can be asked for ten times an hour for one address, known or not', async () => {
    await start({ TRUSTED_PROXIES: '1' });
    const email = newEmail();
    const statuses: number[] = [];
    for (let caller = 1; caller <= 11; caller += 1) {
      const from = { 'X-Forwarded-For': `203.0.113.${caller}` };
      statuses.push((await send('/request-password-reset', { email }, from)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  it('ends what was made before the address was confirmed: API keys, and other links', async () => {
    await start();
    const { email, token } = await signUp();
    const { secret } = await createKey(createCaller(app.url, token));
    await send('/request-password-reset', { email });
    const earlier = tokenOf((await mailbox.next(email, /new password/)).link);
    mailbox.mails.length = 0;
    await send('/request-password-reset', { email });
    const later = tokenOf((await mailbox.next(email, /new password/)).link);
    expect(await send('/reset-password', { token: later, newPassword })).toMatchObject({ status: 200 });
    expect(await send('/reset-password', { token: earlier, newPassword: password })).toMatchObject({
      status: 400,
    });
    expect(await createCaller(app.url, secret).refusal('{ viewer { id } }')).toBe('UNAUTHENTICATED');

    // From now on the address is confirmed.
    const { token: own } = await signIn(email, newPassword);
    const key = await createKey(createCaller(app.url, own));
    mailbox.mails.length = 0;
    await send('/request-password-reset', { email });
    const { link } = await mailbox.next(email, /new password/);
    await send('/reset-password', { token: tokenOf(link), newPassword: password });
    expect(await createCaller(app.url, key.secret).ask('{ viewer { email } }')).toEqual({
      viewer: { email },
    });
  });

  it('does not wait for the mail server', async () => {
    await start({ SMTP_URL: 'smtp://127.0.0.1:1' });
    const { email } = await signUp();
    expect(await send('/request-password-reset', { email })).toMatchObject({ status: 200 });
  });
});

describe('an email address', () => {
  it('has to be confirmed before the first session and the welcome credits, where that is required', async () => {
    await start({ REQUIRE_EMAIL_VERIFICATION: 'on' });
    const { email, token: none } = await signUp();
    expect(none).toBe('');
    expect(await signIn(email)).toMatchObject({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
    const { link } = await mailbox.next(email, /Confirm/);
    const answer = await fetch(`${app.url}/api/auth/verify-email?token=${tokenOf(link)}`);
    // The link opens a session, so that the mail is the end of the sign-up.
    const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
    expect(cookie.join()).toContain('session_token');
    const { token } = await signIn(email);
    expect(await credits(createCaller(app.url, token))).toBe(20);
  });

  it('is confirmed by a new password too, whose link came to it', async () => {
    await start({ REQUIRE_EMAIL_VERIFICATION: 'on' });
    const { email } = await signUp();
    await send('/request-password-reset', { email });
    const { link } = await mailbox.next(email, /new password/);
    await send('/reset-password', { token: tokenOf(link), newPassword });
    const { token } = await signIn(email, newPassword);
    expect(await credits(createCaller(app.url, token))).toBe(20);
  });

  it('that has an account is not revealed by a sign-up where confirmation is required', async () => {
    await start({ REQUIRE_EMAIL_VERIFICATION: 'on' });
    const { email } = await signUp();
    const repeated = await send('/sign-up/email', { name: 'Other', email, password: newPassword });
    expect(repeated).toMatchObject({ status: 200, token: null });
    await mailbox.next(email, /already have an account/);
  });

  it('is asked to be confirmed at sign-up, and again on request, where that is not required', async () => {
    await start();
    const { email, token } = await signUp();
    await mailbox.next(email, /Confirm/);
    mailbox.mails.length = 0;
    expect(await send('/send-verification-email', { email }, bearer(token))).toMatchObject({ status: 200 });
    const { link } = await mailbox.next(email, /Confirm/);
    await send(`/verify-email?token=${tokenOf(link)}`);
    const session = await send('/get-session', undefined, bearer(token));
    expect(JSON.parse(session.text)).toMatchObject({ user: { emailVerified: true } });
  });

  it('gets ten mails an hour by sign-ups', async () => {
    await start({ REQUIRE_EMAIL_VERIFICATION: 'on', TRUSTED_PROXIES: '1' });
    const body = { name: 'Tester', email: newEmail(), password };
    const statuses: number[] = [];
    for (let caller = 1; caller <= 11; caller += 1)
      statuses.push(
        (await send('/sign-up/email', body, { 'X-Forwarded-For': `203.0.113.${caller}` })).status,
      );
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  it('changes in a session of its account only, so that a stolen session leaves no link behind', async () => {
    await start();
    const { email, token } = await signUp();
    const other = await signUp();
    const next = newEmail();
    await send('/change-email', { newEmail: next }, bearer(token));
    const path = `/verify-email?token=${tokenOf((await mailbox.next(next, /Confirm/)).link)}`;
    expect(await send(path)).toMatchObject({ status: 401 });
    expect(await send(path, undefined, bearer(other.token))).toMatchObject({ status: 401 });
    expect(await signIn(email)).toMatchObject({ status: 200 });
    expect(await signIn(next)).toMatchObject({ status: 401 });
  });

  it('changes once the new one is confirmed, and the old one is told', async () => {
    await start();
    const { email, token } = await signUp();
    const next = newEmail();
    expect(await send('/change-email', { newEmail: next }, bearer(token))).toMatchObject({ status: 200 });
    await mailbox.next(email, /about to change/);
    expect(await signIn(next)).toMatchObject({ status: 401 });
    const { link } = await mailbox.next(next, /Confirm/);
    await send(`/verify-email?token=${tokenOf(link)}`, undefined, bearer(token));
    expect(await signIn(next)).toMatchObject({ status: 200 });
    expect(await signIn(email)).toMatchObject({ status: 401 });
  });
});

it('logs the links of mails where no mail server is set', async () => {
  const installation = await createInstallation({ LOG_LEVEL: 'info' });
  try {
    const url = await installation.start();
    const email = newEmail();
    await fetch(`${url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Tester', email, password }),
    });
    await expect.poll(() => installation.output()).toMatch(/"link":"http[^"]*\/verify-email\?token=/);
  } finally {
    await installation.end('SIGTERM');
    await installation.remove();
  }
});
