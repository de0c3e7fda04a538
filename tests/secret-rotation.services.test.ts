/** A new AUTH_SECRET on two nodes, one after the other, as docs/operations.md describes it: nothing that was signed is lost. */
import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../server/database/open.ts';
import { deriveSecret } from '../server/lib/secret.ts';
import { resealSecrets } from '../server/webhooks/delivery/reseal.ts';
import { createSecretBox } from '../server/webhooks/delivery/secret-box.ts';
import { createCaller } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { createMigratedServerDatabase } from './support/databases.ts';
import { openMailbox } from './support/mailbox.ts';
import { openScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { createEndpoint, testEndpoint } from './support/webhooks.ts';

const before = 'the secret before it of 32 letters and more';
const after = 'the secret after it of 32 letters and more';
const steps = {
  before: { AUTH_SECRET: before, AUTH_SECRETS_ACCEPTED: '' },
  prepared: { AUTH_SECRET: before, AUTH_SECRETS_ACCEPTED: after },
  changed: { AUTH_SECRET: after, AUTH_SECRETS_ACCEPTED: before },
  finished: { AUTH_SECRET: after, AUTH_SECRETS_ACCEPTED: '' },
};

const opened = new AsyncDisposableStack();
let mailbox: Awaited<ReturnType<typeof openMailbox>>;
let receiver: ScriptedServer;
let url: string;
let nodes: [TestApp, TestApp];

beforeAll(async () => {
  const database = await createMigratedServerDatabase();
  opened.defer(() => database.drop());
  url = database.url;
  mailbox = await openMailbox();
  opened.defer(() => mailbox.close());
  receiver = await openScriptedServer();
  opened.defer(() => receiver.close());
  receiver.answer(() => ({ status: 204, body: '' }));
  const env = { DATABASE_URL: url, WEBHOOK_ORIGINS: receiver.url, ...mailbox.variables, ...steps.before };
  nodes = [await startTestApp(env), await startTestApp(env)];
  opened.defer(async () => void (await Promise.all(nodes.map((node) => node.remove()))));
});
afterAll(() => opened.disposeAsync());

async function restart(index: 0 | 1, step: keyof typeof steps) {
  nodes[index] = await nodes[index].restart(steps[step]);
}

const password = 'correct horse battery';

/** A new account at the node: the cookie and the signed bearer token of its session, and its mail. */
async function signUp(node: TestApp) {
  const email = `${randomUUID()}@example.test`;
  const answer = await fetch(`${node.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Tester', email, password }),
  });
  const { token } = (await answer.json()) as { token: string };
  const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]!);
  const { link } = await mailbox.next(email, /Confirm/);
  return {
    email,
    token,
    cookie: cookie.join('; '),
    signed: answer.headers.get('set-auth-token')!,
    link: link!,
  };
}
type Account = Awaited<ReturnType<typeof signUp>>;

const emailBy = async (node: TestApp, headers: Record<string, string>) =>
  (
    await createCaller(node.url, undefined, headers).ask<{ viewer: { email: string } | null }>(
      '{ viewer { email } }',
    )
  ).viewer?.email;

/** The node knows the session by its cookie, by its signed and by its bare token, over GraphQL and at better-auth's own paths. */
async function expectSignedIn(node: TestApp, { email, cookie, signed, token }: Account) {
  for (const headers of [
    { cookie },
    { authorization: `Bearer ${signed}` },
    { authorization: `Bearer ${token}` },
  ]) {
    expect(await emailBy(node, headers)).toBe(email);
    const answer = await fetch(`${node.url}/api/auth/get-session`, { headers });
    expect(await answer.json()).toMatchObject({ user: { email } });
  }
}

it('keeps sessions, API keys, addresses, links in mails and webhooks on both nodes', async () => {
  const old = await signUp(nodes[0]);
  const caller = createCaller(nodes[0].url, old.token);
  const { secret: key } = await createKey(caller);
  const endpoint = await createEndpoint(caller, `${receiver.url}/old`);
  const create = { width: 8, height: 8, channels: 3 as const, background: 'teal' };
  const { data } = await caller.upload(await sharp({ create }).png().toBuffer());
  const image = new URL(data!.uploadImage.image.url);

  await restart(0, 'prepared');
  await restart(1, 'prepared');
  // One node signs with the new secret, the other with the old one: each accepts both.
  await restart(1, 'changed');
  const mixed = [await signUp(nodes[0]), await signUp(nodes[1])];
  const endpoints = await Promise.all(
    mixed.map(({ token }, index) =>
      createEndpoint(createCaller(nodes[index]!.url, token), `${receiver.url}/mixed${index}`),
    ),
  );
  for (const node of nodes) for (const account of [old, ...mixed]) await expectSignedIn(node, account);

  await restart(0, 'changed');
  for (const node of nodes) {
    for (const account of [old, ...mixed]) await expectSignedIn(node, account);
    expect(await emailBy(node, { 'x-api-key': key })).toBe(old.email);
  }
  // At the folder of its own node, by the address that the old secret signed.
  expect((await fetch(nodes[0].url + image.pathname + image.search)).status).toBe(200);
  image.searchParams.set('expires', String(Number(image.searchParams.get('expires')) + 1));
  expect((await fetch(nodes[0].url + image.pathname + image.search)).status).toBe(403);
  const confirm = new URL(old.link);
  const headers = { authorization: `Bearer ${old.signed}` };
  const confirmed = await fetch(`${nodes[1].url}/api/auth${confirm.pathname}${confirm.search}`, { headers });
  expect(confirmed.status).toBe(200);
  // The other way to confirm an address: its link, which the old secret signed, with the password.
  const confirmation = new URL(mixed[0]!.link).searchParams.get('token');
  const signedIn = await fetch(`${nodes[1].url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: mixed[0]!.email, password, confirmation }),
  });
  expect(signedIn.status).toBe(200);
  const database = await openDatabase({ url, dataDir: nodes[0].dataDir });
  opened.defer(() => database.close());
  for (const { email } of [old, mixed[0]!])
    expect(await database.prisma.user.findUnique({ where: { email } })).toMatchObject({
      emailVerified: true,
    });

  const keyOf = (secret: string) => deriveSecret(secret, 'webhook secrets');
  const reseal = () =>
    resealSecrets({
      prisma: database.prisma,
      secretBox: createSecretBox(keyOf(after), [keyOf(before)]),
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
  expect(await reseal()).toBe(2);
  expect(await reseal()).toBe(0);
  await restart(0, 'finished');
  await restart(1, 'finished');
  expect(await emailBy(nodes[1], { cookie: old.cookie })).toBeUndefined();
  expect(await emailBy(nodes[1], { cookie: mixed[1]!.cookie })).toBe(mixed[1]!.email);
  expect(await emailBy(nodes[1], { authorization: `Bearer ${old.token}` })).toBe(old.email);
  const receivers = [endpoint, ...endpoints];
  const owners = [old, ...mixed];
  for (const [index, { id }] of receivers.entries())
    await testEndpoint(createCaller(nodes[1].url, owners[index]!.token), id);
  await receiver.received(receivers.length);
  for (const { path, body, headers } of receiver.requests) {
    const { secret } = receivers[['/old', '/mixed0', '/mixed1'].indexOf(path)]!;
    new Webhook(secret).verify(body.toString(), headers as Record<string, string>);
  }
});
