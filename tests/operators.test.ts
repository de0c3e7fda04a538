/** Operators: which users are, and what they do to accounts. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Caller, createCaller, follow, generate, signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { openMailbox } from './support/mailbox.ts';
import { account, confirmAddress, startWithOperator, trail } from './support/operators.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let operator: Caller;
beforeAll(async () => {
  ({ app, operator } = await startWithOperator());
});
afterAll(() => app?.remove());

const password = 'correct horse battery';
const signIn = async (email: string) => {
  const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return { status: answer.status, body: (await answer.json()) as { token?: string; code?: string } };
};

describe('ADMIN_EMAILS', () => {
  it('makes a user an operator once the address is confirmed, and no other', async () => {
    expect((await account(operator)).role).toBe('ADMIN');
    expect((await account(await signUp(app.url))).role).toBe('USER');
    expect((await trail(operator)).at(-1)).toMatchObject({
      operator: 'configuration',
      action: 'users.set-role',
      details: { role: 'ADMIN' },
    });
  });

  it('makes a user that has signed up before an operator at the next start', async () => {
    const email = 'later@example.test';
    const env = { ADMIN_EMAILS: 'Later@Example.test' };
    const mailbox = await openMailbox();
    let running = await startTestApp(mailbox.variables);
    try {
      const { token } = await signUp(running.url, { email });
      const role = async () => (await account(createCaller(running.url, token))).role;
      const { link } = await mailbox.next(email, /Confirm/);
      running = await running.restart(env);
      // Anyone can sign up with a listed address.
      expect(await role()).toBe('USER');
      running = await running.restart({ ADMIN_EMAILS: '' });
      const path = new URL(link!).search;
      await confirmAddress(createCaller(running.url, token), `${running.url}/verify-email${path}`);
      expect(await role()).toBe('USER');
      running = await running.restart(env);
      expect(await role()).toBe('ADMIN');
    } finally {
      await running.remove();
      await mailbox.close();
    }
  });

  it('does not give the role again to a user from whom an operator took it', async () => {
    const other = await startWithOperator();
    try {
      const { email } = await account(other.operator);
      await other.operator.ask(`mutation { setUserRole(email: "${email}", role: USER) { user { id } } }`);
      const answer = await fetch(`${other.app.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      const { token } = (await answer.json()) as { token: string };
      expect((await account(createCaller(other.app.url, token))).role).toBe('USER');
    } finally {
      await other.app.remove();
    }
  });
});

it('lists and finds users, by a part of the address', async () => {
  const user = await signUp(app.url, { email: 'Find.Me_100@example.test' });
  const { id } = await account(user);
  const search = async (text: string) => {
    const { users } = await operator.ask<{
      users: { totalCount: number; nodes: { id: string; email: string }[] };
    }>('query ($search: String) { users(search: $search) { totalCount nodes { id email } } }', {
      search: text,
    });
    return { count: users.totalCount, emails: users.nodes.map(({ email }) => email) };
  };
  const found = { count: 1, emails: ['find.me_100@example.test'] };
  expect(await search('FIND.me_')).toEqual(found);
  // Not a pattern.
  expect(await search('find_me')).toEqual({ count: 0, emails: [] });
  expect(await search('find%100')).toEqual({ count: 0, emails: [] });
  const { byId, all } = await operator.ask<Record<'byId' | 'all', { email: string; totalCount: number }>>(
    `query ($id: ID!) { all: users(first: 1) { totalCount } byId: user(user: $id) {
      email role credits activeSessions apiKeyCount taskCount storedBytes disabledAt } }`,
    { id },
  );
  expect(byId).toEqual({
    email: 'find.me_100@example.test',
    role: 'USER',
    credits: 20,
    activeSessions: 1,
    apiKeyCount: 0,
    taskCount: 0,
    storedBytes: 0,
    disabledAt: null,
  });
  expect(all.totalCount).toBeGreaterThan(1);
});

describe('a disabled user', () => {
  let user: Caller;
  let key: Caller;
  let email: string;
  let task: { id: string };
  let ended: Promise<unknown>;

  beforeAll(async () => {
    user = await signUp(app.url);
    ({ email } = await account(user));
    key = createCaller(app.url, (await createKey(user)).secret);
    // Both subscriptions are open before the user is disabled.
    const open = [user, key].map((caller) => caller.subscribe('subscription { taskUpdated { id version } }'));
    task = await generate(user, { prompt: 'Dunes sandbox:queued=10' });
    for (const { results } of open) await results.next();
    ended = Promise.all(
      open.map(async ({ results }) => {
        for await (const _ of results);
      }),
    );
    await operator.ask('mutation ($email: String) { disableUser(email: $email) { user { disabledAt } } }', {
      email,
    });
  });

  it('has no session, no API key and no subscription, and cannot sign in', async () => {
    expect(await user.ask('{ viewer { id } }')).toEqual({ viewer: null });
    expect(await key.refusal('{ viewer { id } }')).toBe('UNAUTHENTICATED');
    expect(await signIn(email)).toMatchObject({ status: 403, body: { code: 'USER_DISABLED' } });
    await ended;
  });

  it('keeps its tasks, which run on; enabled again, it signs in and its keys work', async () => {
    await operator.ask('mutation ($email: String) { enableUser(email: $email) { user { id } } }', { email });
    expect(await user.ask('{ viewer { id } }')).toEqual({ viewer: null });
    const { status, body } = await signIn(email);
    expect(status).toBe(200);
    const again = createCaller(app.url, body.token);
    expect(await key.ask('{ viewer { email } }')).toEqual({ viewer: { email } });
    expect((await follow(again, task.id)).at(-1)?.status).toBe('SUCCESS');
  });

  it('is in the audit trail, and what changes nothing is not', async () => {
    await operator.ask('mutation ($email: String) { enableUser(email: $email) { user { id } } }', { email });
    const { id } = (
      await operator.ask<{ user: { id: string } }>('query ($email: String) { user(email: $email) { id } }', {
        email,
      })
    ).user;
    const { operatorActions } = await operator.ask<{ operatorActions: { nodes: { action: string }[] } }>(
      'query ($id: ID) { operatorActions(user: $id) { nodes { action } } }',
      { id },
    );
    expect(operatorActions.nodes.map(({ action }) => action)).toEqual(['users.enable', 'users.disable']);
  });
});

it('makes a user an operator, and no longer one, at once', async () => {
  const user = await signUp(app.url);
  const { email } = await account(user);
  const set = (role: string) =>
    operator.ask(
      'mutation ($email: String, $role: UserRole!) { setUserRole(email: $email, role: $role) { user { role } } }',
      { email, role },
    );
  const ask = () => user.refusal('{ users { totalCount } }');
  expect(await ask()).toBe('FORBIDDEN');
  await set('ADMIN');
  expect(await ask()).toBe('');
  await set('USER');
  expect(await ask()).toBe('FORBIDDEN');
});

it('gives the scope ADMIN only to the keys of an operator', async () => {
  const user = await signUp(app.url);
  expect(
    await user.refusal('mutation { createApiKey(input: { name: "x", scopes: [ADMIN] }) { secret } }'),
  ).toBe('FORBIDDEN');
  expect((await createKey(operator)).apiKey.scopes).toEqual(['READ', 'WRITE']);
});

describe('endSessions', () => {
  const end = (caller: Caller, args: string) =>
    caller.ask<{ endSessions: { endedSessions: number } }>(
      `mutation { endSessions${args} { endedSessions } }`,
    );

  it('ends those of a user, and no API key', async () => {
    const user = await signUp(app.url);
    const { email } = await account(user);
    const key = createCaller(app.url, (await createKey(user)).secret);
    await signIn(email);
    expect((await end(operator, `(email: "${email}")`)).endSessions).toEqual({ endedSessions: 2 });
    expect(await user.ask('{ viewer { id } }')).toEqual({ viewer: null });
    expect(await key.ask('{ viewer { email } }')).toEqual({ viewer: { email } });
  });

  it('ends those of all users only where it is asked to', async () => {
    expect(await operator.refusal('mutation { endSessions { endedSessions } }')).toBe('INVALID_INPUT user');
    const other = await startWithOperator();
    try {
      await signUp(other.app.url);
      expect((await end(other.operator, '(all: true)')).endSessions).toEqual({ endedSessions: 2 });
      await vi.waitFor(async () =>
        expect(await other.operator.refusal('{ users { totalCount } }')).toBe('UNAUTHENTICATED'),
      );
    } finally {
      await other.app.remove();
    }
  });
});
