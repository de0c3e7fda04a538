/** A page of another site cannot act for the user, whatever a browser lets it send along with the cookie. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, credits, generateVariables, signUp } from './support/api.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;
let cookie: string;

beforeAll(async () => {
  app = await startTestApp({ CORS_ORIGINS: 'https://friend.example', OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
  cookie = await sessionCookie();
});
afterAll(() => app?.remove());

/** Of the caller's session, as a browser keeps it. */
async function sessionCookie(): Promise<string> {
  const { viewer } = await caller.ask<{ viewer: { email: string } }>('{ viewer { email } }');
  const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.url },
    body: JSON.stringify({ email: viewer.email, password: 'correct horse battery' }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** What a browser says of the page that sends a request. */
const strangers: Record<string, Record<string, string>> = {
  'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'another site, in an old browser': { origin: 'https://evil.example' },
  'a sandboxed frame': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'a file': { origin: 'null' },
  'an image tag': { 'sec-fetch-site': 'cross-site' },
  'an image tag of a sibling host': { 'sec-fetch-site': 'same-site' },
  'the friend over HTTP': { origin: 'http://friend.example' },
  'a subdomain of the friend': { origin: 'https://evil.friend.example' },
  'a host that begins like the friend': { origin: 'https://friend.example.evil.example' },
  'another port of this host': { origin: 'http://localhost:1' },
  'an origin in capitals': { origin: 'HTTPS://EVIL.EXAMPLE' },
  'two origins': { origin: 'https://friend.example, https://evil.example' },
};

const mutation = JSON.stringify({
  query: 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }',
  variables: generateVariables(),
});
const query = '{ viewer { email credits } }';

function multipart(): RequestInit {
  const body = new FormData();
  body.set('operations', mutation);
  body.set('map', '{}');
  return { method: 'POST', body };
}
const post = (contentType: string, body: string, accept = '*/*'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': contentType, accept },
  body,
});

/** Every way to send an operation, or to act on the account. */
const requests: Record<string, [path: string, init: () => RequestInit]> = {
  JSON: ['/graphql', () => post('application/json', mutation)],
  'JSON as text': ['/graphql', () => post('text/plain', mutation)],
  'a document': ['/graphql', () => post('application/graphql', query)],
  'a form': [
    '/graphql',
    () => post('application/x-www-form-urlencoded', `query=${encodeURIComponent(query)}`),
  ],
  'a multipart form': ['/graphql', multipart],
  'a GET': [`/graphql?query=${encodeURIComponent(query)}`, () => ({})],
  'a stream by GET': [
    `/graphql?query=${encodeURIComponent('subscription { taskUpdated { id } }')}`,
    () => ({ headers: { accept: 'text/event-stream' } }),
  ],
  'a stream by POST': ['/graphql', () => post('application/json', mutation, 'text/event-stream')],
  'a path that goes around': ['/./graphql', () => post('application/json', mutation)],
  'a path with a slash at its end': ['/graphql/', () => post('application/json', mutation)],
  'a sign-out': ['/api/auth/sign-out', () => post('application/json', '{}')],
  'a sign-out as text': ['/api/auth/sign-out', () => post('text/plain', '{}')],
  'the session': ['/api/auth/get-session', () => ({})],
};

describe.each(Object.entries(strangers))('%s', (_, headers) => {
  it.each(Object.entries(requests))('is refused %s', async (_name, [path, init]) => {
    const { headers: own, ...rest } = init();
    const answer = await fetch(`${app.url}${path}`, {
      ...rest,
      headers: { cookie, ...(own as Record<string, string>), ...headers },
    });
    const body = await answer.text();
    expect({ status: answer.status, body }).toEqual({
      status: 403,
      body: expect.stringContaining('FORBIDDEN'),
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is refused a WebSocket', async () => {
    await expect(openSocket(app.url, { headers: { cookie, ...headers } })).rejects.toThrow('403');
  });

  it('is refused what a browser asks before it sends', async () => {
    for (const path of ['/graphql', '/api/auth/sign-out']) {
      const answer = await fetch(`${app.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          ...headers,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

it('did nothing for the user in all of this', async () => {
  expect(await credits(caller)).toBe(20);
  const session = await fetch(`${app.url}/api/auth/get-session`, { headers: { cookie } });
  expect(await session.json()).toMatchObject({ user: { name: 'Tester' } });
});

describe.each<[string, () => Record<string, string>]>([
  ['the own page', () => ({ origin: app.url, 'sec-fetch-site': 'same-origin' })],
  ['the own page by number', () => ({ origin: app.url.replace('localhost', '127.0.0.1') })],
  ['a page of a listed origin', () => ({ origin: 'https://friend.example', 'sec-fetch-site': 'cross-site' })],
  ['no browser', () => ({})],
])('%s', (name, headersOf) => {
  it('may ask, and read the answer', async () => {
    const headers = headersOf();
    for (const [path, body] of [
      ['/graphql', JSON.stringify({ query })],
      ['/api/auth/update-user', '{"name":"Tester"}'],
    ] as const) {
      const answer = await fetch(`${app.url}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body,
      });
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      if (!name.includes('listed')) continue;
      expect(answer.headers.get('access-control-allow-origin')).toBe(headers['origin']);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
      expect(answer.headers.get('vary')).toMatch(/origin/i);
      if (path === '/graphql')
        expect(answer.headers.get('access-control-expose-headers')).toBe(
          'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
        );
      const asked = await fetch(`${app.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          ...headers,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([
        204,
        headers['origin'],
      ]);
      expect(asked.headers.get('access-control-allow-headers')).toBe('content-type');
    }
  });

  it('may open a WebSocket', async () => {
    const socket = await openSocket(app.url, { headers: { cookie, ...headersOf() } });
    socket.send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { name } }' } });
    expect(await socket.next()).toMatchObject({ payload: { data: { viewer: { name: 'Tester' } } } });
    await socket.close();
  });
});

/** Sent as written: `fetch` would set some of these headers itself. */
async function send(line: string, headers: [string, string][], body = '', at?: string): Promise<string> {
  const { port, host, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const all = [['Host', at ?? host], ['Connection', 'close'], ['Cookie', cookie], ...headers];
  socket.write(`${line} HTTP/1.1\r\n${all.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

it('takes a page for its own where its origin is the Host that it was asked at', async () => {
  const own: [string, string][] = [
    ['Origin', 'http://nas.local:4000'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Content-Type', 'application/json'],
  ];
  const body = JSON.stringify({ query });
  const length: [string, string] = ['Content-Length', String(body.length)];
  const answer = await send('POST /graphql', [...own, length], body, 'nas.local:4000');
  expect(answer).toContain('"credits":20');
  const stranger = await send('POST /graphql', [...own, length], body, 'nas.local:4001');
  expect(stranger).toMatch(/^HTTP\/1\.1 403 [^]*http:\/\/nas\.local:4000[^]*nas\.local:4001[^]*PUBLIC_URL/);
  const headers = { cookie, origin: 'http://nas.local:4000', host: 'nas.local:4000' };
  await (await openSocket(app.url, { headers })).close();
});

it('leads a link from another site to GraphiQL rather than to an answer', async () => {
  const answer = await send(`GET /graphql?query=${encodeURIComponent(query)}`, [
    ['Accept', 'text/html,*/*;q=0.8'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*content-type: text\/html/i);
  expect(answer).not.toContain('@example.test');
});

it('is refused a form, which a browser sends as it goes to its answer', async () => {
  const answer = await send(
    'POST /graphql',
    [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Mode', 'navigate'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(mutation.length)],
    ],
    mutation,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});

it('is refused where a second Origin is that of the page', async () => {
  const origins: [string, string][] = [
    ['Origin', 'https://evil.example'],
    ['Origin', app.url],
  ];
  expect(await send(`GET /graphql?query=${encodeURIComponent(query)}`, origins)).toMatch(/^HTTP\/1\.1 403 /);
});
