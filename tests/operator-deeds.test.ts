/** What operators do for users that cannot help themselves, and what they see of credits, storage and webhooks. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, createCaller, follow, generate, signUp } from './support/api.ts';
import { account, startWithOperator, trail } from './support/operators.ts';
import { drawPicture } from './support/pictures.ts';
import { closedAddress } from './support/scripted-server.ts';
import type { TestApp } from './support/start-app.ts';
import { createEndpoint, testEndpoint } from './support/webhooks.ts';

let app: TestApp;
let operator: Caller;
let receiver: string;
/** Users that signed up before sign-ups needed an invitation: one for each test. */
let users: Caller[];
beforeAll(async () => {
  receiver = await closedAddress();
  const started = await startWithOperator({ WEBHOOK_ORIGINS: receiver });
  const before = await Promise.all(Array.from({ length: 4 }, () => signUp(started.app.url)));
  app = await started.app.restart({ SIGNUPS: 'invite' });
  operator = createCaller(app.url, started.operator.token);
  users = before.map(({ token }) => createCaller(app.url, token));
});
afterAll(() => app?.remove());

const post = async (action: string, body: object) => {
  const answer = await fetch(`${app.url}/api/auth/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { token, code } = (await answer.json()) as { token?: string; code?: string };
  return { status: answer.status, token, code };
};
const newUser = async () => {
  const user = users.pop()!;
  return { user, email: (await account(user)).email };
};
const lastDeed = async () => (await trail(operator))[0];

it('createPasswordResetLink lets the user choose a new password, once', async () => {
  const { email } = await newUser();
  const { createPasswordResetLink } = await operator.ask<{
    createPasswordResetLink: { link: string; expiresAt: string };
  }>('mutation ($email: String) { createPasswordResetLink(email: $email) { link expiresAt } }', { email });
  const { link, expiresAt } = createPasswordResetLink;
  expect(link.startsWith(`${app.url}/reset-password?token=`)).toBe(true);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
  expect(await lastDeed()).toMatchObject({ action: 'users.reset-link', details: {} });
  const token = new URL(link).searchParams.get('token');
  const newPassword = 'another horse battery';
  expect(await post('reset-password', { token, newPassword })).toMatchObject({ status: 200 });
  expect(await post('reset-password', { token, newPassword })).toMatchObject({ code: 'INVALID_TOKEN' });
  const { token: session } = await post('sign-in/email', { email, password: newPassword });
  expect((await account(createCaller(app.url, session))).email).toBe(email);
});

describe('an invitation', () => {
  const invite = async () => {
    const { createInvite } = await operator.ask<{ createInvite: { link: string; invite: { id: string } } }>(
      'mutation { createInvite(note: "For Ada", days: 2) { link invite { id } } }',
    );
    return { code: new URL(createInvite.link).searchParams.get('invite'), id: createInvite.invite.id };
  };
  const use = (code: string | null) =>
    post('sign-up/email', {
      name: 'Invited',
      email: `${randomUUID()}@example.test`,
      password: 'correct horse battery',
      invite: code,
    });
  const list = async () =>
    (
      await operator.ask<{ invites: { id: string; note: string; usedAt: string | null }[] }>(
        '{ invites { id note usedAt } }',
      )
    ).invites;

  it('lets one account be created, is listed, and is in the trail', async () => {
    const { code, id } = await invite();
    expect(await lastDeed()).toMatchObject({ action: 'invites.create', target: id, details: { days: 2 } });
    expect(await list()).toEqual([{ id, note: 'For Ada', usedAt: null }]);
    expect(await use(code)).toMatchObject({ status: 200 });
    expect(await use(code)).toMatchObject({ code: 'INVITE_INVALID' });
    expect((await list())[0]?.usedAt).toMatch(/^20/);
  });

  it('is of no use once it is revoked', async () => {
    const { code, id } = await invite();
    const revoke = 'mutation ($id: ID!) { revokeInvite(id: $id) { revokedId } }';
    expect(await operator.ask(revoke, { id })).toEqual({ revokeInvite: { revokedId: id } });
    expect(await lastDeed()).toMatchObject({ action: 'invites.revoke', target: id });
    expect(await use(code)).toMatchObject({ code: 'INVITE_INVALID' });
    expect(await operator.refusal(revoke, { id })).toBe('NOT_FOUND id');
  });

  it('is refused for a wrong time', async () => {
    expect(await operator.refusal('mutation { createInvite(days: 366) { link } }')).toBe(
      'INVALID_INPUT days',
    );
  });
});

it('sums credits and images, of a user and of all', async () => {
  const { user, email } = await newUser();
  await follow(user, (await generate(user)).id);
  await follow(user, (await generate(user, { prompt: 'Dunes sandbox:failed' })).id);
  await user.upload(await drawPicture().png().toBuffer());
  const usage = async (variables: object) =>
    (
      await operator.ask<{ creditUsage: { granted: number } }>(
        `query ($email: String, $from: DateTime, $to: DateTime) {
          creditUsage(email: $email, from: $from, to: $to) { charged refunded granted takenBack charges } }`,
        variables,
      )
    ).creditUsage;
  const ofUser = { charged: 4, refunded: 2, granted: 20, takenBack: 0, charges: 2 };
  expect(await usage({ email })).toEqual(ofUser);
  const { storedImages } = await operator.ask<{
    storedImages: { source: string; images: number; bytes: number }[];
  }>('query ($email: String) { storedImages(email: $email) { source images bytes } }', { email });
  expect(storedImages.map(({ source, images }) => [source, images])).toEqual([
    ['UPLOAD', 1],
    ['IMPORT', 0],
    ['TASK', 1],
  ]);
  const { byId } = await operator.ask<{ byId: { storedBytes: number } }>(
    'query ($email: String) { byId: user(email: $email) { storedBytes } }',
    { email },
  );
  expect(storedImages.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(byId.storedBytes);
  const ended = { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' };
  const nothing = { charged: 0, refunded: 0, granted: 0, takenBack: 0, charges: 0 };
  expect(await usage({ email, ...ended })).toEqual(nothing);
  expect(await usage({ email, from: ended.to })).toEqual(ofUser);
  // Other users have their welcome credits.
  expect((await usage({})).granted).toBeGreaterThan(20);
});

it('lists failing webhook endpoints, and disables and enables them', async () => {
  const { user, email } = await newUser();
  const { id } = await createEndpoint(user, `${receiver}/secret-path`);
  const list = async () =>
    (
      await operator.ask<{ userWebhookEndpoints: { nodes: object[] } }>(
        '{ userWebhookEndpoints(failing: true) { nodes { endpointId origin lastStatus user { email } } } }',
      )
    ).userWebhookEndpoints.nodes;
  expect(await list()).toEqual([]);
  await testEndpoint(user, id);
  await expect.poll(list).toEqual([{ endpointId: id, origin: receiver, lastStatus: null, user: { email } }]);
  const fields = 'enabled disabledReason failingSince waitingDeliveries failedDeliveries';
  const set = async (verb: 'disable' | 'enable') =>
    Object.values(
      await operator.ask<Record<string, { endpoint: object }>>(
        `mutation ($id: ID!) { ${verb}UserWebhookEndpoint(id: $id) { endpoint { ${fields} } } }`,
        { id },
      ),
    )[0]!.endpoint;
  const disabledReason = 'An operator of this installation disabled it.';
  const disabled = { enabled: false, disabledReason, waitingDeliveries: 0, failedDeliveries: 1 };
  expect(await set('disable')).toMatchObject(disabled);
  expect(await lastDeed()).toMatchObject({ action: 'webhooks.disable', target: id });
  const deeds = (await trail(operator)).length;
  expect(await set('disable')).toMatchObject(disabled);
  expect(await trail(operator)).toHaveLength(deeds);
  expect(await set('enable')).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
  expect(await lastDeed()).toMatchObject({ action: 'webhooks.enable', target: id });
  expect(await operator.refusal('{ userWebhookEndpoint(id: "V2ViaG9va0VuZHBvaW50Ong=") { origin } }')).toBe(
    'NOT_FOUND id',
  );
});

it('deleteUser closes the account at once, and records it', async () => {
  const { user, email } = await newUser();
  const { user: found } = await operator.ask<{ user: { id: string } }>(
    'query ($email: String) { user(email: $email) { id } }',
    { email },
  );
  await generate(user, { prompt: 'Dunes sandbox:queued=9999' });
  const answer = await operator.ask('mutation ($id: ID) { deleteUser(user: $id) { deletedId } }', found);
  expect(answer).toEqual({ deleteUser: { deletedId: found.id } });
  expect(await lastDeed()).toMatchObject({ action: 'users.delete', target: found.id, details: {} });
  expect(await user.ask('{ viewer { id } }')).toEqual({ viewer: null });
  const ask = () => operator.refusal('query ($id: ID) { user(user: $id) { email } }', found);
  await expect.poll(ask).toBe('NOT_FOUND user');
});
