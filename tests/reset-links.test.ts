/** A link to a new password confirms the address only where it came by mail. */
import { expect, it } from 'vitest';
import { createKey } from './support/api-keys.ts';
import type { Caller } from './support/api.ts';
import { newEmail, password, tokenOf } from './support/auth-client.ts';
import { useMailApps } from './support/mail-apps.ts';
import { account } from './support/operators.ts';

const newPassword = 'staple battery horse';
/** Addresses in ADMIN_EMAILS: the first is confirmed, the others are each for one test. */
const [admin, ...listed] = Array.from({ length: 5 }, newEmail) as [string, ...string[]];

const { web, strictWeb } = useMailApps({ ADMIN_EMAILS: [admin, ...listed].join() });
type Web = typeof web;

/** Signs in with a link that confirms the address. */
async function signInConfirmed(app: Web, email: string, tried: string): Promise<Caller> {
  const confirmation = await app.takeToken(email, /Confirm/);
  const { status, token } = await app.signIn(email, tried, { confirmation });
  expect(status).toBe(200);
  return app.caller(token!);
}

/** An account with a listed address, and the token of an operator's link for it. */
async function withOperatorLink(app: Web) {
  const email = listed.pop()!;
  const { token: session } = await app.signUp(email);
  await app.takeToken(email, /Confirm/);
  const { token: known } = await app.signIn(admin);
  if (!known) await app.signUp(admin);
  const operator = known ? app.caller(known) : await signInConfirmed(app, admin, password);
  const { createPasswordResetLink } = await operator.ask<{ createPasswordResetLink: { link: string } }>(
    'mutation ($email: String) { createPasswordResetLink(email: $email) { link } }',
    { email },
  );
  return { email, session, token: tokenOf(createPasswordResetLink.link) };
}

const statusOf = async (app: Web, path: string, body: object) => (await app.send(path, body)).status;

it('ends what a mailed link ends, and confirms nothing, where an operator made it', async () => {
  const { email, session, token } = await withOperatorLink(web);
  const { secret } = await createKey(web.caller(session));
  // Without its mark the token is another one.
  const bare = token.replace('operator_', '');
  expect(bare).not.toBe(token);
  expect(await statusOf(web, '/reset-password', { token: bare, newPassword })).toBe(400);
  expect(await statusOf(web, '/reset-password', { token, newPassword })).toBe(200);
  expect(await web.isSignedIn(session)).toBe(false);
  expect(await web.caller(secret).refusal('{ viewer { id } }')).toBe('UNAUTHENTICATED');
  const { token: own } = await web.signIn(email, newPassword);
  expect(await web.isVerified(own!)).toBe(false);
  expect((await account(web.caller(own!))).role).toBe('USER');
});

it('confirms nothing either where its token is in the address of the request', async () => {
  const { email, token } = await withOperatorLink(web);
  expect(await statusOf(web, `/reset-password?token=${token}`, { newPassword })).toBe(200);
  const { token: own } = await web.signIn(email, newPassword);
  expect(await web.isVerified(own!)).toBe(false);
});

it('confirms the address, and so makes its user an operator, where it was mailed', async () => {
  const email = listed.pop()!;
  await web.signUp(email);
  const token = await web.resetLink(email);
  expect(await statusOf(web, '/reset-password', { token, newPassword })).toBe(200);
  const { token: own } = await web.signIn(email, newPassword);
  expect(await web.isVerified(own!)).toBe(true);
  expect((await account(web.caller(own!))).role).toBe('ADMIN');
});

it('leaves the address to be confirmed by mail, where an operator made it and that is required', async () => {
  const { email, token } = await withOperatorLink(strictWeb);
  expect(await statusOf(strictWeb, '/reset-password', { token, newPassword })).toBe(200);
  expect(await strictWeb.signIn(email, newPassword)).toMatchObject({
    status: 403,
    code: 'EMAIL_NOT_VERIFIED',
  });
  expect(await statusOf(strictWeb, '/send-verification-email', { email })).toBe(200);
  const caller = await signInConfirmed(strictWeb, email, newPassword);
  expect(await account(caller)).toMatchObject({ role: 'ADMIN', credits: 20 });
});
