/** The surface beside the resolvers: transports, origins, headers, health. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { examples } from '../server/graphql/graphiql-examples.ts';
import {
  type Caller,
  credits,
  generate,
  generateVariables,
  type GraphQLAnswer,
  refusedGenerate,
  signUp,
} from './support/api.ts';
import { extensions } from './support/cost.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '100' });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

const bearer = () => ({ authorization: `Bearer ${caller.token}` });
const graphql = (init: RequestInit & { headers?: Record<string, string> }, query = '') =>
  fetch(`${app.url}/graphql${query}`, init);

describe('/graphql', () => {
  it('answers a GET, but not a mutation by GET', async () => {
    const answer = await graphql(
      { headers: bearer() },
      `?query=${encodeURIComponent('{ viewer { credits } }')}`,
    );
    expect(await answer.json()).toEqual({ data: { viewer: { credits: 100 } }, extensions });
    const mutation = `?query=${encodeURIComponent('mutation { deleteTask(id: "x") { deletedId } }')}`;
    expect((await graphql({ headers: bearer() }, mutation)).status).toBe(405);
  });

  it('tells the caller what is left: by user, or by address without a session, and not where nothing counted', async () => {
    const { token } = await signUp(app.url);
    const read = async (query: string, headers: Record<string, string> = {}) => {
      const answer = await graphql({ headers }, `?query=${encodeURIComponent(query)}`);
      return { headers: answer.headers, ...((await answer.json()) as GraphQLAnswer<object>) };
    };
    const many = '{ viewer { tasks(first: 100) { nodes { id images { url } } } } }';
    const before = Date.now();
    const { headers, extensions } = await read(many, { authorization: `Bearer ${token}` });
    const { requested, limit, remaining, resetAt } = extensions!.cost;
    expect([requested > 1, limit, remaining]).toEqual([true, 3_000, 3_000 - requested]);
    expect(Date.parse(resetAt)).toBeGreaterThan(before);
    expect(Date.parse(resetAt)).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(headers.get('ratelimit-policy')).toBe('"user";q=3000;w=60');
    expect(headers.get('ratelimit')).toMatch(new RegExp(`^"user";r=${remaining};t=([1-9]|[1-5]\\d|60)$`));
    expect((await read('{ __typename }')).headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+$/);
    expect((await read('{')).headers.get('ratelimit')).toBeNull();
  });

  it('runs each of the examples that GraphiQL opens with', async () => {
    const caller = await signUp(app.url);
    for (const { query, variables } of examples.filter(({ query }) => !query.includes('subscription')))
      expect(await caller.ask(query, JSON.parse(variables ?? '{}'))).toEqual(expect.any(Object));
    const { results, close } = caller.subscribe(
      examples.find(({ query }) => query.includes('subscription'))!.query,
    );
    expect(await results.next()).toMatchObject({
      value: { data: { taskUpdated: { status: expect.any(String) } } },
    });
    await close();
  });

  it('serves GraphiQL to a browser, with nothing from elsewhere', async () => {
    const answer = await graphql({ headers: { accept: 'text/html' } });
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(await answer.text()).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });

  it('sends GraphiQL packed, and not again while it is the same', async () => {
    const headers = { accept: 'text/html', 'accept-encoding': 'br' };
    const answer = await graphql({ headers });
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(3_000_000);
    expect(await answer.text()).toContain('renderYogaGraphiQL');
    const tag = answer.headers.get('etag')!;
    expect((await graphql({ headers: { ...headers, 'if-none-match': tag } })).status).toBe(304);
    const unpacked = await graphql({ headers: { ...headers, 'accept-encoding': 'identity' } });
    expect([unpacked.status, unpacked.headers.get('content-encoding')]).toEqual([200, null]);
    await unpacked.body?.cancel();
  });

  it('keeps answers out of caches, and asks proxies to pass events on', async () => {
    const answer = await graphql({}, '?query={__typename}');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const invalid = await graphql({
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(invalid.headers.get('cache-control')).toBe('no-store');
    const events = await graphql({ headers: { accept: 'text/event-stream' } }, '?query={__typename}');
    expect(events.headers.get('x-accel-buffering')).toBe('no');
    expect(events.headers.get('cache-control')).toBe('no-store');
    expect(await events.text()).toContain('event: complete');
  });

  it('takes a byte order mark, and UTF-8 only', async () => {
    const post = (contentType: string, body: BodyInit) =>
      graphql({ method: 'POST', headers: { 'content-type': contentType }, body });
    const operation = '{"query":"{ __typename }"}';
    const answered = { data: { __typename: 'Query' }, extensions };
    expect(await (await post('application/json', `\uFEFF${operation}`)).json()).toEqual(answered);
    expect(await (await post('application/json; charset="UTF-8"', operation)).json()).toEqual(answered);
    for (const charset of ['utf-16le', 'latin1', 'klingon']) {
      const refused = await post(`application/json; charset=${charset}`, operation);
      expect([refused.status, await refused.text()]).toEqual([415, expect.stringContaining('UTF-8')]);
    }
  });

  it('streams a subscription over SSE up to the final state', async () => {
    const task = await generate(caller);
    const query = `subscription { taskUpdated(id: "${task.id}") { version status } }`;
    const answer = await graphql({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer() },
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    const states = [...text.matchAll(/^data: (\{.+\})$/gm)].map(
      ([, data]) => JSON.parse(data!).data.taskUpdated.status,
    );
    expect(states.at(-1)).toBe('SUCCESS');
    expect(text).toContain('event: complete');
  });

  it('takes the session cookie as well', async () => {
    const signIn = await fetch(`${app.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: app.url },
      body: JSON.stringify({
        name: 'Cookie',
        email: 'cookie@example.test',
        password: 'correct horse battery',
      }),
    });
    const cookie = signIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    expect(signIn.headers.getSetCookie()[0]).toMatch(/HttpOnly/);
    const answer = await graphql({
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query: '{ viewer { email } }' }),
    });
    expect(await answer.json()).toEqual({ data: { viewer: { email: 'cookie@example.test' } }, extensions });
  });

  it('accepts exactly what the credits pay for when 200 requests come at once', async () => {
    const other = await startTestApp({ SIGNUP_CREDITS: '100', POLL_INTERVAL_MS: '5000' });
    const spender = await signUp(other.url);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => refusedGenerate(spender, { prompt: 'Dunes sandbox:queued=9999' })),
    );
    expect(answers.filter((refusal) => refusal === '')).toHaveLength(50);
    expect(answers.filter((refusal) => refusal === 'INSUFFICIENT_CREDITS')).toHaveLength(150);
    expect(await credits(spender)).toBe(0);
    await other.remove();
  });
});

describe('a WebSocket', () => {
  it('gets the close code 1001 when the server stops, after the last state', async () => {
    const other = await startTestApp({ SANDBOX_SPEED: '1' });
    const caller = await signUp(other.url);
    await generate(caller, { prompt: 'Dunes sandbox:slow=60' });
    const socket = await openSocket(other.url, { init: { authorization: `Bearer ${caller.token}` } });
    socket.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { taskUpdated { id } }' } });
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    await other.remove();
    expect(await socket.closed).toBe(1001);
  });
});

describe('operations', () => {
  it('tells that it lives, that it is ready, and what it does', async () => {
    expect(await (await fetch(`${app.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${app.url}/readyz`)).json()).toEqual({
      status: 'ok',
      checks: { database: 'ok', storage: 'ok' },
    });
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toMatch(
      /proofsheet_tasks_ended_total\{model="black-forest-labs\/flux-schnell",status="SUCCESS",failure=""\} \d+/,
    );
    expect(metrics).toMatch(
      /proofsheet_provider_call_seconds_count\{provider="replicate",call="start",outcome="running"\} \d+/,
    );
  });

  it("gives every answer the id of its request: the caller's own where it is well formed", async () => {
    const idOf = async (path: string, sent?: string) => {
      const headers: Record<string, string> = sent === undefined ? {} : { 'x-request-id': sent };
      return (await fetch(app.url + path, { headers })).headers.get('x-request-id');
    };
    for (const path of ['/', '/graphql', '/healthz', '/files/none', '/api/auth/get-session', '/nothing'])
      expect(await idOf(path, 'Order_7.2-b')).toBe('Order_7.2-b');
    const headers = { 'x-request-id': 'socket-1' };
    const client = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers,
    });
    const [upgrade] = (await once(client, 'upgrade')) as [IncomingMessage];
    expect(upgrade.headers['x-request-id']).toBe('socket-1');
    client.terminate();
    const made = new Set<string | null>();
    for (const sent of [undefined, 'two words', 'a/b', 'x'.repeat(129), '"'])
      made.add(await idOf('/healthz', sent));
    expect([...made]).toEqual(
      Array.from({ length: 5 }, () => expect.stringMatching(/^[0-9a-f-]{36}$/) as string),
    );
  });

  it('sends security headers with every answer', async () => {
    for (const path of ['/graphql', '/healthz', '/', '/files/none']) {
      const { headers } = await fetch(`${app.url}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('keeps secrets out of variables that GraphQL errors quote', async () => {
    const { errors } = await caller.post(
      'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }',
      {
        ...generateVariables({ scene: 'NOPE' }),
      },
    );
    expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    expect(JSON.stringify(errors)).not.toContain(caller.token);
  });
});

describe('a subscription', () => {
  const subscribers = async () =>
    Number(/proofsheet_subscribers (\d+)/.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1]);

  it('leaves nothing behind when its reader goes', async () => {
    const before = await subscribers();
    const readers = Array.from({ length: 5 }, () => caller.subscribe('subscription { taskUpdated { id } }'));
    const pending = readers.map(({ results }) => results.next());
    await expect.poll(subscribers).toBe(before + 5);
    await Promise.all(readers.map(({ close }) => close()));
    await Promise.allSettled(pending);
    await expect.poll(subscribers).toBe(before);
  });

  it('ends soon after the session it was opened with', async () => {
    const caller = await signUp(app.url);
    const { results, close } = caller.subscribe('subscription { taskUpdated { id } }');
    const before = await subscribers();
    const ended = results.next();
    await expect.poll(subscribers).toBe(before + 1);
    const headers = { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' };
    await fetch(`${app.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
    expect((await ended).done).toBe(true);
    await close();
  });
});

describe('an address', () => {
  it.each(['/', '/history', '/account'])('of the client is there: %s', async (address) => {
    expect((await fetch(app.url + address)).status).toBe(200);
  });

  it.each(['/nothing', '/wp-login.php', '/history/1'])('of nothing is not: %s', async (address) => {
    expect((await fetch(app.url + address)).status).toBe(404);
  });
});

describe('what is malformed', () => {
  it.each([
    ['viewer { tasks(first: 101) { totalCount } }', 'first'],
    ['viewer { tasks(last: 1000) { nodes { id } } }', 'last'],
    ['viewer { tasks(first: 1, last: 1) { nodes { id } } }', 'last'],
    ['viewer { creditEntries(first: 101) { nodes { id } } }', 'first'],
    ['viewer { tasks(filter: { model: "nothing" }) { totalCount } }', 'filter.model'],
    ['viewer { tasks(filter: { model: "" }) { nodes { id } } }', 'filter.model'],
    ['models(provider: "nothing") { id }', 'provider'],
  ])('is refused instead of answered with something else: %s', async (query, field) => {
    expect(await caller.refusal(`{ ${query} }`)).toBe(`INVALID_INPUT ${field}`);
  });

  it('is refused with a code: pages that cannot be', async () => {
    for (const args of [
      'first: -1',
      'first: 2, after: "x"',
      'first: 2, after: ""',
      // GPC:N:1, a number
      'first: 2, after: "R1BDOk46MQ=="',
      'filter: { model: "a\\u0000" }',
      'filter: { createdAfter: "0000-06-01T00:00:00Z" }',
      'filter: { createdBefore: "9999-12-31T23:59:59-14:00" }',
    ])
      expect(await caller.refusal(`{ viewer { tasks(${args}) { totalCount nodes { id } } } }`)).not.toContain(
        'INTERNAL',
      );
  });

  it('is refused before it is read: a large body for the account', async () => {
    const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
      method: 'POST',
      body: 'x'.repeat(100_000),
    });
    expect(answer.status).toBe(413);
  });

  it('is a fault of the caller: another method for the page', async () => {
    expect((await fetch(`${app.url}/`, { method: 'POST' })).status).toBe(405);
  });
});
