/** Requests that fail before anything of them runs are counted by address, before they are read. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({
    TRUSTED_PROXIES: '1',
    REFUSED_REQUESTS_PER_MINUTE: '3',
    MAX_SOCKETS_PER_ADDRESS: '5',
    MAX_SOCKETS_PER_USER: '2',
    MAX_SUBSCRIPTIONS_PER_USER: '2',
    INTROSPECTION: 'off',
  });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

/** An address that nothing came from yet. */
let address: string;
let addresses = 0;
beforeEach(() => {
  addresses += 1;
  address = `198.51.100.${addresses}`;
});
const from = (headers: Record<string, string> = {}) => ({ 'x-forwarded-for': address, ...headers });
const bearer = () => ({ authorization: `Bearer ${caller.token}` });
const json = { 'content-type': 'application/json' };

const send = (body: BodyInit, headers: Record<string, string> = json) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: from(headers),
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
const operation = (query: string) => JSON.stringify({ query });
const form = (parts: number) => {
  const fields = new FormData();
  for (let part = 0; part < parts; part += 1) fields.append(`part${part}`, 'x');
  return fields;
};

describe('a request that does not run', () => {
  const failing: Record<string, () => Promise<Response>> = {
    'a document with a syntax error': () => send(operation('{')),
    'an invalid document': () => send(operation('{ nothing }')),
    'JSON that breaks off': () => send('{"query":'),
    'no query': () => send('{}'),
    'an unknown type of content': () => send('a,b', { 'content-type': 'text/csv' }),
    'a charset': () =>
      send(operation('{ __typename }'), { 'content-type': 'application/json; charset=latin1' }),
    'a multipart body of other parts': () => send(form(2), {}),
    'a mutation by GET': () => fetch(`${app.url}/graphql?query=mutation{a}`, { headers: from() }),
    'an address of no shared page': () => fetch(`${app.url}/s/x`, { headers: from() }),
    'another method': () => fetch(`${app.url}/graphql`, { method: 'PUT', headers: from() }),
  };

  it.each(Object.entries(failing))('is counted: %s', async (_, fail) => {
    for (let sent = 0; sent < 3; sent += 1) expect((await fail()).status).not.toBe(429);
    const answer = await fail();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  it('ends nothing for users behind the same address, until they exceed the limit themselves', async () => {
    for (let sent = 0; sent < 5; sent += 1) await send('{');
    expect((await send(operation('{ __typename }'))).status).toBe(429);
    const answer = await send(operation('{ viewer { credits } }'), { ...json, ...bearer() });
    expect(await answer.json()).toEqual({ data: { viewer: { credits: 20 } }, extensions });
    const other = await signUp(app.url);
    for (let sent = 0; sent < 3; sent += 1)
      expect((await send('{', { ...json, authorization: `Bearer ${other.token}` })).status).toBe(400);
    expect((await send('{', { ...json, authorization: `Bearer ${other.token}` })).status).toBe(429);
  });

  it.each<[string, number, number]>([
    ['that is read', 250_000, 400],
    ['that is too long to be read', 400_000, 413],
  ])('counts by the size of a body %s', async (_, bytes, status) => {
    for (let counted = 0; counted < 4; counted += 1 + Math.floor(bytes / 131_072))
      expect((await send('{'.padEnd(bytes), { ...json, ...bearer() })).status).toBe(status);
    expect((await send('{')).status).toBe(429);
  });

  it('does not include one that runs, however often that is sent', async () => {
    for (let sent = 0; sent < 10; sent += 1)
      expect((await send(operation('{ __typename }'))).status).toBe(200);
  });
});

describe('the schema of an installation without introspection', () => {
  const errorsOf = async (query: string, variables?: object) =>
    (await send(JSON.stringify({ query, variables }))).text();

  it.each(['{ __schema { queryType { name } } }', '{ __type(name: "Task") { name } }'])(
    'is not told: %s',
    async (query) => {
      expect(await errorsOf(query)).toMatch(/introspection has been disabled.*INVALID_INPUT/);
      expect(await errorsOf('{ __typename }')).toContain('"data"');
    },
  );

  it.each<[string, string, object?]>([
    ['a field', '{ viewr { id } }'],
    ['an argument', '{ task(idd: "x") { id } }'],
    [
      'a variable',
      'query ($filter: TaskFilter) { viewer { tasks(filter: $filter) { totalCount } } }',
      { filter: { statu: 1 } },
    ],
  ])('is not suggested in the error of %s', async (_, query, variables) => {
    const text = await errorsOf(query, variables);
    expect(text).toContain('INVALID_INPUT');
    expect(text).not.toContain('Did you mean');
  });

  it('has no GraphiQL: a browser gets a page about how to call the API', async () => {
    const headers = from({ accept: 'text/html,*/*;q=0.8' });
    const answer = await fetch(`${app.url}/graphql?query={__typename}`, { headers });
    expect([answer.status, await answer.text()]).toEqual([406, expect.stringContaining('POST')]);
  });
});

describe('a body', () => {
  it('has few parts', async () => {
    const many = form(20_000);
    expect((await send(many, bearer())).status).toBe(400);
  });

  it.each<[string, () => BodyInit]>([
    ['with its length', () => operation('{ __typename }').padEnd(70_000)],
    ['in chunks', () => new Blob([operation('{ __typename }').padEnd(70_000)]).stream()],
  ])('has 64 KB at most where no session comes with it, %s', async (_, body) => {
    const answer = await send(body());
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    expect((await send(body(), { ...json, authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await send(body(), { ...json, ...bearer() })).status).toBe(200);
  });

  it('of an upload is not read where no session comes with it', async () => {
    const upload = new FormData();
    upload.set('operations', '{}');
    upload.set('0', new Blob([new Uint8Array(1_000_000)]));
    const answer = await send(upload, {});
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
  });
});

describe('a socket', () => {
  const open = (init: object | false = {}) => openSocket(app.url, { headers: from(), init });
  const signedIn = (token = caller.token) => open({ authorization: `Bearer ${token}` });

  it('without a session counts, with one it does not', async () => {
    const caller = await signUp(app.url);
    for (let opened = 0; opened < 5; opened += 1) await (await signedIn(caller.token)).close();
    for (let opened = 0; opened < 3; opened += 1) await (await open()).close();
    await expect(open()).rejects.toThrow('429');
  });

  it('counts for each operation that does not run', async () => {
    const caller = await signUp(app.url);
    const socket = await signedIn(caller.token);
    const codes: unknown[] = [];
    // Over the limit of the address, and then over that of the user.
    for (let id = 0; id < 7; id += 1) {
      socket.send({ id: String(id), type: 'subscribe', payload: { query: '{' } });
      const { payload } = await socket.next();
      codes.push((payload as { extensions: { code: string } }[])[0]?.extensions.code);
    }
    expect(codes).toEqual([...Array.from({ length: 6 }, () => 'INVALID_INPUT'), 'RATE_LIMITED']);
    await socket.close();
  });

  it('counts for each operation whose connectionParams hold no credential', async () => {
    const socket = await open({ apiKey: '' });
    const codes: unknown[] = [];
    // The handshake counts as well.
    for (let id = 0; id < 3; id += 1) {
      socket.send({ id: String(id), type: 'subscribe', payload: { query: '{ __typename }' } });
      const { payload } = await socket.next();
      codes.push((payload as { extensions: { code: string } }[])[0]?.extensions.code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
    await socket.close();
  });

  it('is one of few of its user, and one of few of its address', async () => {
    const [one, two] = [await signUp(app.url), await signUp(app.url)];
    const sockets = [await signedIn(one.token), await signedIn(one.token)];
    const third = await open(false);
    third.send({ type: 'connection_init', payload: { authorization: `Bearer ${one.token}` } });
    expect(await third.closed).toBe(1013);
    sockets.push(await signedIn(two.token), await signedIn(two.token), await open());
    await expect(signedIn()).rejects.toThrow('429');
    await sockets.pop()!.close();
    await expect.poll(() => signedIn().then((socket) => socket.close())).toBeUndefined();
    for (const socket of sockets) await socket.close();
  });
});

describe('a subscription', () => {
  it('is one of few of its user, over sockets and streams together', async () => {
    const caller = await signUp(app.url);
    const query = 'subscription { taskUpdated { id } }';
    const headers = { ...json, accept: 'text/event-stream', authorization: `Bearer ${caller.token}` };
    const leaving = new AbortController();
    const init = { method: 'POST', headers, body: operation(query), signal: leaving.signal };
    await fetch(`${app.url}/graphql`, init);
    const socket = await openSocket(app.url, { init: { authorization: headers.authorization } });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    socket.send({ id: '2', type: 'subscribe', payload: { query } });
    expect(await socket.next()).toMatchObject({
      id: '2',
      payload: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
    });
    leaving.abort();
    socket.send({ id: '1', type: 'complete' });
    const isFree = async () => {
      const answer = await fetch(`${app.url}/graphql`, { ...init, signal: AbortSignal.timeout(500) });
      const text = await answer.text().catch(() => '');
      return !text.includes('RATE_LIMITED');
    };
    await expect.poll(isFree).toBe(true);
    await socket.close();
  });
});
