/** API keys: created, accepted on every transport, and ended. Others test their scopes (`api-key-access`) and limits (`api-key-limits`). */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, createCaller, generate, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { createKey, keysOf, revoke } from './support/api-keys.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { transports } from './support/transports.ts';

let app: TestApp;
let owner: Caller;
let email: string;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  owner = await signUp(app.url);
  ({
    viewer: { email },
  } = await owner.ask<{ viewer: { email: string } }>('{ viewer { email } }'));
});
afterAll(() => app?.remove());

describe('a key', () => {
  it('is shown with its prefix, and its secret only once', async () => {
    const { secret, apiKey } = await createKey(owner, {
      name: ' CI ',
      scopes: ['READ', 'READ'],
      creditLimit: 4,
    });
    expect(secret.startsWith(apiKey.prefix)).toBe(true);
    expect(apiKey).toMatchObject({
      prefix: expect.stringMatching(/^psk_\w{8}$/),
      scopes: ['READ'],
      creditLimit: 4,
      expiresAt: null,
      creditsSpent: 0,
      lastUsedAt: null,
    });
    expect(await keysOf(owner)).toContainEqual(expect.objectContaining({ id: apiKey.id, name: 'CI' }));
  });

  it.each<[string, object]>([
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\0' }],
    ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['scopes', { scopes: [] }],
    ['creditLimit', { creditLimit: -1 }],
  ])('is refused with INVALID_INPUT %s: %j', async (field, input) => {
    const mutation = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }';
    expect(await owner.refusal(mutation, { input: { name: 'Test', ...input } })).toBe(
      `INVALID_INPUT ${field}`,
    );
  });

  it('is one of 50 at most', async () => {
    const caller = await signUp(app.url);
    for (let made = 0; made < 50; made += 1) await createKey(caller);
    await expect(createKey(caller)).rejects.toThrow(/You have 50 API keys/);
  });

  it('is marked as used', async () => {
    const caller = await signUp(app.url);
    const { secret, apiKey } = await createKey(caller);
    await createCaller(app.url, secret).ask('{ viewer { id } }');
    await expect
      .poll(async () => (await keysOf(caller)).find(({ id }) => id === apiKey.id)?.lastUsedAt)
      .toEqual(expect.any(String));
  });

  it('is not found by another user, nor by a key, and stays', async () => {
    const { secret, apiKey } = await createKey(owner);
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    const node = (caller: Caller) => caller.ask(query, { id: apiKey.id });
    expect(await node(owner)).toEqual({ node: { id: apiKey.id } });
    const stranger = await signUp(app.url);
    expect(await node(stranger)).toEqual({ node: null });
    expect(await node(createCaller(app.url, secret))).toEqual({ node: null });
    expect((await revoke(stranger, apiKey.id)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(await createCaller(app.url, secret).ask('{ viewer { email } }')).toEqual({ viewer: { email } });
  });

  it('opens nothing under /api/auth, where the endpoints for keys are closed to sessions too', async () => {
    const { secret } = await createKey(owner);
    const ask = async (path: string, headers: Record<string, string>, body?: object) => {
      const method = body ? 'POST' : 'GET';
      const init = {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      };
      const answer = await fetch(`${app.url}/api/auth/${path}`, init);
      return [answer.status, await answer.text()] as const;
    };
    for (const headers of [{ authorization: `Bearer ${secret}` }, { 'x-api-key': secret }]) {
      expect(await ask('get-session', headers)).toEqual([200, 'null']);
      for (const [path, body] of [
        ['list-sessions'],
        ['revoke-sessions', {}],
        ['update-user', { name: 'x' }],
      ] as const)
        expect((await ask(path, headers, body))[0]).toBe(401);
    }
    const session = { authorization: `Bearer ${owner.token}` };
    for (const [path, body] of [
      ['list'],
      ['get?id=x'],
      ['create', {}],
      ['update', {}],
      ['delete', {}],
      ['verify', {}],
    ] as const)
      for (const spelling of [`api-key/${path}`, `/api-key/${path}`, `%61pi-key/${path}`])
        expect((await ask(spelling, session, body))[0]).toBe(404);
  });
});

describe('a key is accepted', () => {
  const query = '{ viewer { email } }';
  const answered = () => `{"data":${JSON.stringify({ viewer: { email } })},"extensions":{"cost":`;
  let secret: string;
  beforeAll(async () => {
    ({ secret } = await createKey(owner));
  });

  it.each(Object.entries(transports))('over %s, in either header', async (_, ask) => {
    for (const headers of [{ authorization: `Bearer ${secret}` }, { 'x-api-key': secret }])
      expect((await ask(app.url, { query }, headers)).text).toContain(answered());
  });

  it('by GET and in a multipart request', async () => {
    const headers = { 'x-api-key': secret };
    const answer = await fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
    expect(await answer.json()).toEqual({ data: { viewer: { email } }, extensions });
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'navy' } })
      .png()
      .toBuffer();
    expect((await createCaller(app.url, undefined, headers).upload(picture)).errors).toBeUndefined();
  });

  it.each(['authorization', 'x-api-key', 'apiKey'])(
    'in the connectionParams of a socket: %s',
    async (name) => {
      const value = name === 'authorization' ? `Bearer ${secret}` : secret;
      const socket = await openSocket(app.url, { init: { [name]: value } });
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      expect(await socket.next()).toMatchObject({ payload: { data: { viewer: { email } } } });
      await socket.close();
    },
  );

  it('or refused in words, over every transport', async () => {
    for (const ask of Object.values(transports)) {
      const { status, text } = await ask(app.url, { query: '{ __typename }' }, { 'x-api-key': `${secret}x` });
      expect(status ?? 401).toBe(401);
      expect(text).toContain('"UNAUTHENTICATED"');
      expect(text).toContain('This API key is mistyped, revoked or expired.');
    }
  });
});

it('ends the subscriptions of a revoked key, over SSE and over a socket, and none of another key', async () => {
  const caller = await signUp(app.url);
  const { id } = await generate(caller, { prompt: 'Dunes sandbox:queued=9999' });
  const { secret, apiKey } = await createKey(caller, { scopes: ['READ'] });
  const query = 'subscription { taskUpdated { status } }';
  const other = createCaller(app.url, (await createKey(caller)).secret).subscribe<object>(query);
  const client = createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { apiKey: secret },
    retryAttempts: 0,
  });
  const results = client.iterate({ query });
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-api-key': secret },
    body: JSON.stringify({ query }),
  });
  // The unfinished task comes at once.
  await other.results.next();
  expect((await results.next()).value).toMatchObject({ data: { taskUpdated: {} } });
  expect((await revoke(caller, apiKey.id)).errors).toBeUndefined();
  const revokedAt = performance.now();
  const drain = async () => {
    while (!(await results.next()).done);
  };
  const [, text] = await Promise.all([drain(), answer.text()]);
  expect(performance.now() - revokedAt).toBeLessThan(15_000);
  expect(text).toMatch(/"taskUpdated"[^]*event: complete/);
  await client.dispose();
  // All were looked for at once.
  await caller.ask('mutation ($id: ID!) { cancelTask(id: $id) { task { status } } }', { id });
  let status: unknown;
  while (status !== 'CANCELED') {
    const { done, value } = await other.results.next();
    expect(done).toBe(false);
    ({ status } = (value as { data: { taskUpdated: { status: string } } }).data.taskUpdated);
  }
  await other.close();
});
