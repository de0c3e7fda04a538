/** Sign-in with an OpenID Connect issuer: a real one, on loopback. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaller, credits } from './support/api.ts';
import { openMailbox } from './support/mailbox.ts';
import { createVisitor, openIssuer, type Person } from './support/oidc-issuer.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

const password = 'correct horse battery';
const people: Record<string, Person> = {};
let issuer: Awaited<ReturnType<typeof openIssuer>>;
let mailbox: Awaited<ReturnType<typeof openMailbox>>;
let app: TestApp;
let closed: TestApp;
beforeAll(async () => {
  issuer = await openIssuer(people);
  mailbox = await openMailbox();
  const env = { ...issuer.variables, ...mailbox.variables };
  app = await startTestApp(env);
  closed = await startTestApp({ ...env, SIGNUPS: 'closed' });
  issuer.redirectTo(...[app, closed].map(({ url }) => `${url}/api/auth/callback/oidc`));
});
afterAll(async () => {
  await app?.remove();
  await closed?.remove();
  await mailbox?.close();
  await issuer?.close();
});

const newPerson = (further: Partial<Person> = {}) => {
  const login = randomUUID();
  people[login] = { email: `${login}@example.test`, email_verified: true, name: 'Ada Example', ...further };
  return { login, email: people[login].email };
};

/** Where the app leads after the sign-in, and the user of its session. */
async function signIn(login: string, to = app.url) {
  const visitor = createVisitor(to);
  const started = await visitor.request(`${to}/api/auth/sign-in/social`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ provider: 'oidc', callbackURL: '/', errorCallbackURL: '/sign-in-failed' }),
  });
  const { url } = (await started.json()) as { url: string };
  const end = new URL(await visitor.signIn(url, login));
  const session = await visitor.request(`${to}/api/auth/get-session`);
  const body = (await session.json()) as {
    user: { id: string; name: string; email: string; emailVerified: boolean; image: string | null };
    session: { token: string };
  } | null;
  return { end: `${end.pathname}${end.search}`, user: body?.user, token: body?.session.token };
}

const post = (path: string, body: object) =>
  fetch(`${app.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

it('creates an account with the welcome credits, and signs in to it the next time', async () => {
  const { login, email } = newPerson();
  const first = await signIn(login);
  expect(first).toMatchObject({ end: '/', user: { name: 'Ada Example', email, emailVerified: true } });
  const caller = createCaller(app.url, first.token);
  expect(await credits(caller)).toBe(20);
  expect(await caller.ask('{ viewer { hasPassword } }')).toEqual({ viewer: { hasPassword: false } });
  expect((await signIn(login)).user?.id).toBe(first.user?.id);
});

it('is offered, and only where it is configured', async () => {
  const { signInOptions } = await createCaller(app.url).ask<{ signInOptions: object }>(
    '{ signInOptions { signUps providers { id name } } }',
  );
  expect(signInOptions).toEqual({ signUps: 'OPEN', providers: [{ id: 'oidc', name: 'Example Login' }] });
  expect((await post('/sign-in/social', { provider: 'google', callbackURL: '/' })).status).toBe(404);
});

it('creates no account where sign-ups are closed', async () => {
  const { login } = newPerson();
  expect(await signIn(login, closed.url)).toMatchObject({
    end: expect.stringContaining('/sign-in-failed?error=SIGNUPS_CLOSED'),
    user: undefined,
  });
});

it('is linked to an account with the same address once both have confirmed it', async () => {
  const { login, email } = newPerson();
  await post('/sign-up/email', { name: 'Owner', email, password });
  // The sign-up may have been with an address of another person.
  expect((await signIn(login)).end).toContain('error=account_not_linked');
  const { link } = await mailbox.next(email, /Confirm/);
  const token = new URL(link!).searchParams.get('token');
  await post('/sign-in/email', { email, password, confirmation: token });
  expect((await signIn(login)).user).toMatchObject({ name: 'Owner', email });
});

it.each([false, 'false'])(
  'is not linked by an address that the issuer has not confirmed: email_verified is %j',
  async (email_verified) => {
    const { login, email } = newPerson({ email_verified });
    await post('/sign-up/email', { name: 'Owner', email, password });
    const { link } = await mailbox.next(email, /Confirm/);
    const confirmation = new URL(link!).searchParams.get('token');
    await post('/sign-in/email', { email, password, confirmation });
    expect((await signIn(login)).end).toContain('error=account_not_linked');
  },
);

it('leaves a new account unconfirmed where the issuer says "false"', async () => {
  const { login } = newPerson({ email_verified: 'false' });
  expect((await signIn(login)).user).toMatchObject({ emailVerified: false });
});

it('leaves out what a name cannot have, and the picture', async () => {
  const { login } = newPerson({
    name: ` Ada\u202e\n${'x'.repeat(200)}`,
    picture: 'https://example.test/a.png',
  });
  const { user } = await signIn(login);
  expect(user).toMatchObject({ name: `Ada${'x'.repeat(97)}`, image: null });
});

it('no longer signs in to an account whose unconfirmed address gets a new password', async () => {
  const { login, email } = newPerson({ email_verified: false });
  expect((await signIn(login)).user).toMatchObject({ email });
  await post('/request-password-reset', { email });
  const { link } = await mailbox.next(email, /new password/);
  const token = new URL(link!).searchParams.get('token');
  await post('/reset-password', { token, newPassword: password });
  expect((await signIn(login)).end).toContain('error=account_not_linked');
});

it('is refused while the issuer does not respond, also at the start, and works once it does', async () => {
  const late = await openIssuer(people);
  late.respond(false);
  const running = await startTestApp(late.variables);
  try {
    late.redirectTo(`${running.url}/api/auth/callback/oidc`);
    const start = () =>
      fetch(`${running.url}/api/auth/sign-in/social`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ provider: 'oidc', callbackURL: '/' }),
      });
    const refused = await start();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    const back = await fetch(`${running.url}/api/auth/callback/oidc?code=x&state=y`, { redirect: 'manual' });
    expect(back.headers.get('location')).toBe(`${running.url}/sign-in-failed?error=PROVIDER_UNREACHABLE`);

    late.respond(true);
    const { login, email } = newPerson();
    expect((await signIn(login, running.url)).user).toMatchObject({ email });
  } finally {
    await running.remove();
    await late.close();
  }
});
