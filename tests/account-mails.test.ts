/** Forgotten passwords and the confirmation of email addresses, with the mails that a real SMTP server gets. */
import { describe, expect, it } from 'vitest';
import { credits } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { bearer, createAuthClient, newEmail, password, tokenOf } from './support/auth-client.ts';
import { useMailApps } from './support/mail-apps.ts';
import { createInstallation } from './support/server-process.ts';
import { startTestApp } from './support/start-app.ts';

const newPassword = 'staple battery horse';

const apps = useMailApps({ WEBHOOK_ORIGINS: 'https://hooks.example.test' });
const { web, strictWeb } = apps;

const addWebhook = `mutation { createWebhookEndpoint(input: { url: "https://hooks.example.test/x" }) {
  endpoint { id } } }`;

/** An account whose address is confirmed, with an API key. */
async function confirmedAccount() {
  const { email, token } = await web.signUp();
  await web.confirm(await web.takeToken(email, /Confirm/), token);
  const key = async () => (await createKey(web.caller(token))).secret;
  return { email, token, key: await key() };
}
const isRefused = async (secret: string) =>
  (await web.caller(secret).refusal('{ viewer { id } }')) === 'UNAUTHENTICATED';

describe('a forgotten password', () => {
  it('is replaced by the link of a mail, once, and all sessions end', async () => {
    const { email, token: session } = await web.signUp();
    const asked = await web.send('/request-password-reset', { email }, { 'Accept-Language': 'de' });
    expect(asked.status).toBe(200);
    const { link } = await apps.mailbox.next(email, /Neues Passwort/);
    expect(link).toMatch(`${apps.url}/reset-password?token=`);
    const token = tokenOf(link);
    expect(await web.send('/reset-password', { token, newPassword })).toMatchObject({ status: 200 });
    expect(await web.isSignedIn(session)).toBe(false);
    expect(await web.signIn(email)).toMatchObject({ status: 401 });
    expect(await web.signIn(email, newPassword)).toMatchObject({ status: 200 });
    expect(await web.send('/reset-password', { token, newPassword: password })).toMatchObject({
      status: 400,
      code: 'INVALID_TOKEN',
    });
  });

  it('is answered alike for an unknown address, which gets no mail', async () => {
    const { email } = await web.signUp();
    const other = newEmail();
    const [known, unknown] = [
      await web.send('/request-password-reset', { email }),
      await web.send('/request-password-reset', { email: other }),
    ];
    expect(unknown).toEqual(known);
    await apps.mailbox.next(email, /new password/);
    expect(apps.mailbox.mails.filter(({ to }) => to === other)).toEqual([]);
  });

  it('can be asked for ten times an hour for one address, known or not', async () => {
    const email = newEmail();
    const statuses: number[] = [];
    for (let caller = 1; caller <= 11; caller += 1)
      statuses.push((await web.send('/request-password-reset', { email })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  it('ends what was made before the address was confirmed: API keys, webhooks, and other links', async () => {
    const { email, token } = await web.signUp();
    const { secret } = await createKey(web.caller(token));
    await web.caller(token).ask(addWebhook);
    const earlier = await web.resetLink(email);
    const later = await web.resetLink(email);
    expect(await web.send('/reset-password', { token: later, newPassword })).toMatchObject({ status: 200 });
    expect(await web.send('/reset-password', { token: earlier, newPassword: password })).toMatchObject({
      status: 400,
    });
    expect(await isRefused(secret)).toBe(true);
    const { token: own } = await web.signIn(email, newPassword);
    expect(await web.caller(own!).ask('{ viewer { webhookEndpoints { id } } }')).toEqual({
      viewer: { webhookEndpoints: [] },
    });
  });

  it('leaves API keys of a confirmed address, unless the user asks to end them', async () => {
    const { email, key } = await confirmedAccount();
    await web.send('/reset-password', { token: await web.resetLink(email), newPassword });
    expect(await isRefused(key)).toBe(false);
    const token = await web.resetLink(email);
    await web.send('/reset-password?endOtherAccess=true', { token, newPassword: password });
    expect(await isRefused(key)).toBe(true);
  });

  it('is replaced by no link from before the password or the address was changed', async () => {
    const { email, token } = await confirmedAccount();
    const reset = async (link: string) =>
      (await web.send('/reset-password', { token: link, newPassword: 'attacker attacker' })).code;
    const beforePassword = await web.resetLink(email);
    const body = { currentPassword: password, newPassword };
    const { token: session } = await web.send('/change-password', body, bearer(token));
    expect(await reset(beforePassword)).toBe('INVALID_TOKEN');

    const beforeAddress = await web.resetLink(email);
    const next = newEmail();
    await web.send('/change-email', { newEmail: next }, bearer(session!));
    expect(await web.confirm(await web.takeToken(next, /Confirm/), session)).toMatchObject({ status: 200 });
    expect(await reset(beforeAddress)).toBe('INVALID_TOKEN');
    expect(await web.signIn(next, newPassword)).toMatchObject({ status: 200 });
  });
});

describe('a change of the password', () => {
  it.each([
    ['leaves API keys', '', false],
    ['ends them where the user asks for it', '?endOtherAccess=true', true],
  ])('%s', async (_, query, isEnded) => {
    const { token, key } = await confirmedAccount();
    const body = { currentPassword: password, newPassword };
    const wrong = { ...body, currentPassword: 'a wrong one' };
    expect(await web.send(`/change-password${query}`, wrong, bearer(token))).toMatchObject({ status: 400 });
    expect(await isRefused(key)).toBe(false);
    expect(await web.send(`/change-password${query}`, body, bearer(token))).toMatchObject({ status: 200 });
    expect(await isRefused(key)).toBe(isEnded);
  });
});

describe('an email address', () => {
  it('has to be confirmed before the first session and the welcome credits, where that is required', async () => {
    const { email, token: none } = await strictWeb.signUp();
    expect(none).toBe('');
    expect(await strictWeb.signIn(email)).toMatchObject({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
    const confirmation = await web.takeToken(email, /Confirm/);
    const { status, token } = await strictWeb.signIn(email, password, { confirmation });
    expect(status).toBe(200);
    expect(await credits(strictWeb.caller(token!))).toBe(20);
    // The link can be opened again.
    expect(await strictWeb.confirm(confirmation)).toMatchObject({ status: 200 });
  });

  it.each([
    ['is not required', web],
    ['is required', strictWeb],
  ])(
    'is not confirmed by its link alone: another may have signed up, where confirmation %s',
    async (_, app) => {
      const { email } = await app.signUp();
      const other = await web.signUp();
      const confirmation = await web.takeToken(email, /Confirm/);
      const refused = { status: 401, code: 'PASSWORD_REQUIRED' };
      expect(await app.confirm(confirmation)).toMatchObject(refused);
      expect(await app.confirm(confirmation, other.token)).toMatchObject(refused);
      await app.signIn(email, 'a wrong one', { confirmation });

      // The owner of the address shuts the other person out.
      const token = await app.resetLink(email);
      expect(await app.send('/reset-password', { token, newPassword })).toMatchObject({ status: 200 });
      expect(await app.signIn(email, password, { confirmation })).toMatchObject({ status: 401 });
      expect(await app.signIn(email, newPassword)).toMatchObject({ status: 200 });
    },
  );

  it('is confirmed by a sign-in only with a link to that address', async () => {
    const [one, other] = [await strictWeb.signUp(), await strictWeb.signUp()];
    const confirmation = await web.takeToken(other.email, /Confirm/);
    for (const forged of [confirmation, `${confirmation}x`, '', null])
      expect(await strictWeb.signIn(one.email, password, { confirmation: forged })).toMatchObject({
        status: 401,
        code: 'INVALID_TOKEN',
      });
    expect(await strictWeb.signIn(one.email)).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });
  });

  it('is confirmed by a new password too, whose link came to it', async () => {
    const { email } = await strictWeb.signUp();
    const link = await strictWeb.resetLink(email);
    await strictWeb.send('/reset-password', { token: link, newPassword });
    const { token } = await strictWeb.signIn(email, newPassword);
    expect(await credits(strictWeb.caller(token!))).toBe(20);
  });

  it('that has an account is not revealed by a sign-up where confirmation is required', async () => {
    const { email } = await strictWeb.signUp();
    const repeated = await strictWeb.send('/sign-up/email', { name: 'Other', email, password: newPassword });
    expect(repeated).toMatchObject({ status: 200, token: null });
    await apps.mailbox.next(email, /already have an account/);
  });

  it('is asked to be confirmed at sign-up, and again on request, where that is not required', async () => {
    const { email, token } = await web.signUp();
    await web.takeToken(email, /Confirm/);
    expect(await web.send('/send-verification-email', { email }, bearer(token))).toMatchObject({
      status: 200,
    });
    expect(await web.isVerified(token)).toBe(false);
    expect(await web.confirm(await web.takeToken(email, /Confirm/), token)).toMatchObject({ status: 200 });
    expect(await web.isVerified(token)).toBe(true);
  });

  it('gets ten mails an hour by sign-ups', async () => {
    const body = { name: 'Tester', email: newEmail(), password };
    const statuses: number[] = [];
    for (let caller = 1; caller <= 11; caller += 1)
      statuses.push((await strictWeb.send('/sign-up/email', body)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  it('changes in a session of its account only, so that a stolen session leaves no link behind', async () => {
    const { email, token } = await web.signUp();
    const other = await web.signUp();
    const next = newEmail();
    await web.send('/change-email', { newEmail: next }, bearer(token));
    const link = await web.takeToken(next, /Confirm/);
    expect(await web.confirm(link)).toMatchObject({ status: 401 });
    expect(await web.confirm(link, other.token)).toMatchObject({ status: 401 });
    expect(await web.signIn(email)).toMatchObject({ status: 200 });
    expect(await web.signIn(next, password, { confirmation: link })).toMatchObject({ status: 401 });
  });

  it('changes once the new one is confirmed, and the old one is told', async () => {
    const { email, token } = await web.signUp();
    const next = newEmail();
    expect(await web.send('/change-email', { newEmail: next }, bearer(token))).toMatchObject({ status: 200 });
    await apps.mailbox.next(email, /about to change/);
    expect(await web.signIn(next)).toMatchObject({ status: 401 });
    await web.confirm(await web.takeToken(next, /Confirm/), token);
    expect(await web.signIn(next)).toMatchObject({ status: 200 });
    expect(await web.signIn(email)).toMatchObject({ status: 401 });
  });

  it('can be changed ten times an hour, so that an account does not mail thousands', async () => {
    const { token } = await web.signUp();
    const statuses: number[] = [];
    for (let change = 1; change <= 11; change += 1)
      statuses.push((await web.send('/change-email', { newEmail: newEmail() }, bearer(token))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });
});

it('does not wait for the mail server', async () => {
  const app = await startTestApp({ ...apps.mailbox.variables, SMTP_URL: 'smtp://127.0.0.1:1' });
  try {
    const { send, signUp } = createAuthClient(() => ({ ...app, mailbox: apps.mailbox }));
    const { email } = await signUp();
    expect(await send('/request-password-reset', { email })).toMatchObject({ status: 200 });
  } finally {
    await app.remove();
  }
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
