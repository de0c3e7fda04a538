/** Public pages of tasks and images, and their end. */
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createLogger } from '../server/lib/logger.ts';
import { type Caller, createCaller, follow, generate, signUp, type TaskData } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { startWithOperator } from './support/operators.ts';
import { revokeDocument, share, shareDocument, shareLinksOf } from './support/share-links.ts';
import type { TestApp } from './support/start-app.ts';

let app: TestApp;
let operator: Caller;
let caller: Caller;
/** Where pages are read: where the database is a server's, another node than the one that changes links. */
let reader: App;

beforeAll(async () => {
  ({ app, operator } = await startWithOperator());
  caller = await signUp(app.url);
  reader = (await startSecondNode(app)) ?? app;
});
afterAll(async () => {
  if (reader !== app) await reader?.close();
  await app?.remove();
});

async function startSecondNode({ variables }: TestApp): Promise<App | undefined> {
  if (variables['DATABASE_URL'] === undefined) return undefined;
  const config = readConfig({ ...variables, PORT: '0' });
  return startApp(config, createLogger(config.logLevel));
}

async function prepare(of: Caller = caller, input: object = {}): Promise<TaskData> {
  return (await follow(of, (await generate(of, { options: { count: 2 }, ...input })).id)).at(-1)!;
}

/** The address on the node that reads. */
const read = (url: string, options: RequestInit = {}) =>
  fetch(reader.url + new URL(url).pathname, { redirect: 'manual', ...options });

async function expectGone(url: string): Promise<void> {
  for (const address of [url, `${url}/0`, `${url}/0/preview`]) {
    const answer = await read(address, { headers: { 'if-none-match': '*' } });
    expect({ address, status: answer.status }).toEqual({ address, status: 404 });
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('There is nothing at this address');
  }
}

it('shows a task on a page without scripts, and nothing of its owner', async () => {
  const prompt = `Dunes </title><script>alert("1")</script> 'at' dusk`;
  const task = await prepare(caller, { prompt });
  const { url, includesPrompt, image } = await share(caller, { task: task.id });
  expect([includesPrompt, image]).toEqual([true, null]);
  expect(url).toMatch(new RegExp(`^${app.url}/s/[\\w-]{24}$`));

  const answer = await read(`${url}?utm_source=chat`);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
    'referrer-policy': 'no-referrer',
    vary: 'Accept-Language',
    'content-security-policy':
      "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  expect(answer.headers.has('set-cookie')).toBe(false);
  const page = await answer.text();
  expect(page).not.toMatch(/<script|<style| style=| on\w+=/i);
  const escaped = 'Dunes &lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &#39;at&#39; dusk';
  expect(page.split(escaped).length).toBeGreaterThan(5);
  expect(page).toContain('FLUX Schnell');
  expect(page).toContain('<a href="/">Made with Proofsheet</a>');
  const origin = reader.url;
  const at = new URL(url).pathname;
  for (const [name, content] of [
    ['og:title', escaped],
    ['og:description', escaped],
    ['og:url', origin + at],
    ['og:image', `${origin}${at}/0`],
    ['og:image:width', task.images[0]!.width],
    ['og:image:height', task.images[0]!.height],
  ])
    expect(page).toContain(`<meta property="${name}" content="${content}" />`);
  expect(page).toContain('<meta name="twitter:card" content="summary_large_image" />');
  expect(page).toContain('<meta name="robots" content="noindex" />');
  const { viewer } = await caller.ask<{ viewer: { id: string; email: string } }>('{ viewer { id email } }');
  const row = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1]!;
  for (const secret of ['Tester', viewer.email, row(viewer.id), row(task.id), row(task.images[0]!.id)])
    expect(page).not.toContain(secret);
});

it('sends the pictures of the link, from storage and checked each time', async () => {
  const task = await prepare();
  const { url } = await share(caller, { task: task.id });
  const original = Buffer.from(await (await fetch(task.images[1]!.url)).arrayBuffer());
  const answer = await read(`${url}/1`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(original)).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': task.images[1]!.contentType,
    'content-length': String(original.length),
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  const etag = answer.headers.get('etag')!;
  expect((await read(`${url}/1`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await read(`${url}/1/preview`)).headers.get('content-type')).toBe('image/webp');
  const head = await read(`${url}/1`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(original.length)]);
  const page = await read(url, { method: 'HEAD' });
  expect([page.status, await page.text()]).toEqual([200, '']);
  expect(Number(page.headers.get('content-length'))).toBe((await (await read(url)).bytes()).length);
  expect((await read(url, { method: 'POST' })).status).toBe(405);
});

it('shows one image, without the prompt where it is left out', async () => {
  const task = await prepare(caller, { prompt: 'A secret recipe' });
  const [first, second] = task.images.map(({ id }) => id);
  const { url, image } = await share(caller, { task: task.id, image: second!, includesPrompt: false });
  expect(image).toEqual({ id: second });
  const page = await (await read(url)).text();
  expect(page).not.toContain('secret recipe');
  expect(page).toContain('An image made with FLUX Schnell');
  expect(page.match(/<img /g)).toHaveLength(1);
  expect((await read(`${url}/1`)).status).toBe(200);
  expect((await read(`${url}/0`)).status).toBe(404);
  const german = await read(url, { headers: { 'accept-language': 'de-AT,en;q=0.5' } });
  expect(await german.text()).toContain('<html lang="de">');
  const withPrompt = await share(caller, { task: task.id, image: first!, includesPrompt: null });
  expect(await (await read(withPrompt.url)).text()).toContain(
    '<h1 class="shared-heading" dir="auto">A secret recipe</h1>',
  );
});

it('returns the same link for the same request, and lists links newest first', async () => {
  const owner = await signUp(app.url);
  const task = await prepare(owner);
  const [image] = task.images.map(({ id }) => id);
  const inputs = [
    { task: task.id },
    { task: task.id, includesPrompt: false },
    { task: task.id, image: image! },
    { task: task.id, image: image!, includesPrompt: false },
  ];
  const links = [];
  for (const input of inputs) links.push(await share(owner, input));
  expect(new Set(links.map(({ url }) => url)).size).toBe(4);
  expect(await Promise.all(inputs.map((input) => share(owner, input)))).toEqual(links);
  expect(await shareLinksOf(owner)).toEqual(links.toReversed());
  expect(await shareLinksOf(caller)).not.toContainEqual(links[0]);
});

it('ends a link at once on every node', async () => {
  const task = await prepare();
  const link = await share(caller, { task: task.id });
  expect((await read(`${link.url}/0`)).status).toBe(200);
  expect(await caller.ask(revokeDocument, { id: link.id })).toEqual({
    revokeShareLink: { revokedId: link.id },
  });
  await expectGone(link.url);
  expect(await caller.refusal(revokeDocument, { id: link.id })).toBe('NOT_FOUND id');
  expect((await share(caller, { task: task.id })).url).not.toBe(link.url);
});

it('ends links with their image, their task and the access of their user', async () => {
  const owner = await signUp(app.url, { email: 'disabled@example.test' });
  const [one, other] = [await prepare(owner), await prepare(owner)];
  const ofImage = await share(owner, { task: one.id, image: one.images[0]!.id });
  const ofTask = await share(owner, { task: one.id });
  const kept = await share(owner, { task: other.id });
  const deleteImage = 'mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }';
  await owner.ask(deleteImage, { id: one.images[0]!.id });
  await expectGone(ofImage.url);
  expect((await read(ofTask.url)).status).toBe(200);
  expect((await read(`${ofTask.url}/0`)).status).toBe(404);
  await owner.ask(deleteImage, { id: one.images[1]!.id });
  await expectGone(ofTask.url);
  expect(await owner.refusal(shareDocument, { input: { task: one.id } })).toBe('INVALID_INPUT input.task');
  await owner.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: one.id });
  expect((await shareLinksOf(owner)).map(({ id }) => id)).toEqual([kept.id]);

  const account = 'mutation ($email: String) { disableUser(email: $email) { user { disabledAt } } }';
  await operator.ask(account, { email: 'disabled@example.test' });
  await expectGone(kept.url);
  await operator.ask(account.replace('disable', 'enable'), { email: 'disabled@example.test' });
  expect((await read(kept.url)).status).toBe(200);
});

it('ends links with what else gives access to an account, and with the account', async () => {
  const post = async (token: string | undefined, path: string, body: object) =>
    fetch(`${app.url}/api/auth${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const owner = await signUp(app.url);
  const task = await prepare(owner);
  const earlier = await share(owner, { task: task.id });
  const passwords = { currentPassword: 'correct horse battery', newPassword: 'battery horse correct' };
  const changed = await post(owner.token, '/change-password?endOtherAccess=true', passwords);
  const { token } = (await changed.json()) as { token: string };
  await expectGone(earlier.url);

  const later = await share(createCaller(app.url, token), { task: task.id });
  expect((await read(later.url)).status).toBe(200);
  expect((await post(token, '/delete-user', { password: passwords.newPassword })).status).toBe(200);
  await expectGone(later.url);
});

it('refuses what cannot be shared', async () => {
  const owner = await signUp(app.url);
  const [task, failed] = [await prepare(owner), await prepare(owner, { prompt: 'sandbox:failed' })];
  const foreign = await prepare(await signUp(app.url));
  const refusal = (input: object) => owner.refusal(shareDocument, { input });
  expect(failed.status).toBe('FAILED');
  expect(await refusal({ task: failed.id })).toBe('INVALID_INPUT input.task');
  expect(await refusal({ task: foreign.id })).toBe('NOT_FOUND input.task');
  expect(await refusal({ task: task.images[0]!.id })).toBe('NOT_FOUND input.task');
  expect(await refusal({ task: task.id, image: foreign.images[0]!.id })).toBe('NOT_FOUND input.image');
  expect(await refusal({ task: task.id, image: task.id })).toBe('NOT_FOUND input.image');
  const { secret } = await createKey(owner, { scopes: ['READ'] });
  const reading = createCaller(app.url, undefined, { 'x-api-key': secret });
  expect(await reading.refusal(shareDocument, { input: { task: task.id } })).toBe('FORBIDDEN');
});

it.each(['', 'x', 'A'.repeat(24), 'A'.repeat(25), `${'A'.repeat(23)}%00`, '../../graphql', '%2e%2e/secret'])(
  'answers the token %j as any that there is not',
  async (token) => {
    // `fetch` would resolve the dots.
    const { hostname, port } = new URL(reader.url);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ hostname, port, path: `/s/${token}` }, resolve)
        .on('error', reject)
        .end();
    });
    answer.resume();
    expect([answer.statusCode, answer.headers['x-robots-tag']]).toEqual([404, 'noindex']);
  },
);
