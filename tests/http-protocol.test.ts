/**
 * GraphQL over HTTP, by its own audits and by what is malformed; persisted operations; and server-sent events, a connection
 * for each operation.
 */
import { hash, randomUUID } from 'node:crypto';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type GraphQLAnswer, signUp } from './support/api.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

const bearer = () => ({ authorization: `Bearer ${caller.token}` });

// Yoga answers `/graphql?`, and the fast path `/graphql` where it can.
describe.each(['/graphql', '/graphql?'])('GraphQL over HTTP at %s', (path) => {
  const audits = serverAudits({ url: () => app.url + path });

  it('has 61 audits', () => expect(audits).toHaveLength(61));

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });

  const json = { 'content-type': 'application/json' };
  const bodies: Record<string, [Record<string, string>, string]> = {
    'no body': [json, ''],
    'half of an object': [json, '{"query":'],
    'bytes that are no UTF-8': [json, Buffer.from([0x7b, 0xff, 0xfe]).toString('latin1')],
    null: [json, 'null'],
    'a number': [json, '7'],
    'a string': [json, '"{ __typename }"'],
    'an empty list': [json, '[]'],
    'a list in a list': [json, '[[]]'],
    'no query': [json, '{}'],
    'a query of null': [json, '{"query":null}'],
    'a query that is a list': [json, '{"query":["{ __typename }"]}'],
    'an empty query': [json, '{"query":""}'],
    'a comment alone': [json, '{"query":"#"}'],
    'a fragment alone': [json, '{"query":"fragment A on Query { __typename }"}'],
    'a type definition': [json, '{"query":"type A { a: Int }"}'],
    'variables that are a list': [json, '{"query":"{ __typename }","variables":[]}'],
    'variables that are text': [json, '{"query":"{ __typename }","variables":"{}"}'],
    'an operation name that is an object': [json, '{"query":"{ __typename }","operationName":{}}'],
    'an operation name that is a list': [json, '{"query":"{ __typename }","operationName":["a"]}'],
    'an operation of another name': [json, '{"query":"query A { __typename }","operationName":"B"}'],
    'two operations and no name': [json, '{"query":"query A { __typename } query B { __typename }"}'],
    'extensions that are text': [json, '{"query":"{ __typename }","extensions":"a"}'],
    'a field of its own': [json, '{"query":"{ __typename }","nonsense":1}'],
    __proto__: [json, '{"query":"{ __typename }","__proto__":{"query":1}}'],
    'another type of content': [{ 'content-type': 'text/csv' }, 'a,b'],
    'a type of content that is none': [{ 'content-type': '/' }, '{}'],
    'JSON as text': [{ 'content-type': 'text/plain' }, '{"query":"{ __typename }"}'],
    'a form without a query': [{ 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    'a form with bad variables': [
      { 'content-type': 'application/x-www-form-urlencoded' },
      'query={a}&variables={',
    ],
    'a packed body': [{ ...json, 'content-encoding': 'gzip' }, 'no gzip'],
    'a charset that is none': [{ 'content-type': 'application/json; charset=klingon' }, '{'],
    'a lone surrogate': [json, '{"query":"{ task(id: \\"\\ud800\\") { id } } \\ud800"}'],
  };
  it.each(Object.entries(bodies))('calls %s a fault of the caller', async (_, [headers, body]) => {
    for (const accept of [
      'application/json',
      'application/graphql-response+json',
      'text/event-stream',
      '*/*',
    ]) {
      const answer = await fetch(app.url + path, {
        method: 'POST',
        headers: { accept, ...headers },
        body,
      });
      const text = await answer.text();
      expect(text).not.toContain('INTERNAL');
      expect(text).toMatch(/"errors":|^$/);
      expect(answer.status).toBeLessThan(500);
    }
  });

  it.each([
    '?query',
    '?query=%',
    '?query=%ff',
    '?query={',
    '?variables={',
    '?query={a}&variables={',
    '?query={a}&variables=7',
    '?extensions=%22',
    '/nothing',
    '/%',
    '?query=subscription',
  ])('calls a GET of %s a fault of the caller', async (query) => {
    const answer = await fetch(`${app.url}/graphql${query}`, {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND'])('has no %s', async (method) => {
    const answer = await fetch(`${app.url}/graphql`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

describe('a persisted operation', () => {
  /** A document that no test sent before, and its reference. */
  const create = (fields = '__typename') => {
    const query = `query Q${randomUUID().replaceAll('-', '')} { ${fields} }`;
    return { query, extensions: { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } } };
  };
  const post = async (body: object) => {
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as GraphQLAnswer<object>;
  };
  const get = async (sent: object) => {
    const answer = await fetch(`${app.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(sent))}`);
    return (await answer.json()) as GraphQLAnswer<object>;
  };
  const unknown = {
    errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
  };
  const known = { data: { __typename: 'Query' } };

  it('is unknown at first, sent once, and then known by its hash to POST, GET and WebSocket', async () => {
    const { query, extensions } = create();
    expect(await post({ extensions })).toMatchObject(unknown);
    expect(await get(extensions)).toMatchObject(unknown);
    const socket = await openSocket(app.url);
    const payload = { query: '', extensions };
    socket.send({ id: '1', type: 'subscribe', payload });
    expect(await socket.next()).toMatchObject({ id: '1', type: 'error', payload: unknown.errors });
    socket.send({ id: '2', type: 'subscribe', payload: { query, extensions } });
    expect(await socket.next()).toMatchObject({ id: '2', type: 'next', payload: known });
    expect(await socket.next()).toEqual({ id: '2', type: 'complete' });
    socket.send({ id: '3', type: 'subscribe', payload });
    expect(await socket.next()).toMatchObject({ id: '3', type: 'next', payload: known });
    await socket.close();
    expect(await post({ extensions })).toMatchObject(known);
    expect(await get(extensions)).toMatchObject(known);
  });

  it('is refused under the hash of another, and not stored', async () => {
    const [one, other] = [create(), create()];
    expect(await post({ query: one.query, extensions: other.extensions })).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
    });
    for (const { extensions } of [one, other]) expect(await post({ extensions })).toMatchObject(unknown);
    const persistedQuery = { version: 2, sha256Hash: hash('sha256', one.query) };
    expect(await post({ query: one.query, extensions: { persistedQuery } })).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
    });
  });

  it.each([
    ['invalid', 'nothing'],
    ['malformed', '{'],
    ['too complex', Array.from({ length: 201 }, (_, index) => `a${index}: __typename`).join(' ')],
    ['too long', `${' '.repeat(33_000)}__typename`],
  ])('is not stored where it is %s', async (_, fields) => {
    const { query, extensions } = create(fields);
    await post({ query, extensions });
    expect(await post({ extensions })).toMatchObject(unknown);
  });
});

describe('server-sent events', () => {
  const stream = (operation: object, signal?: AbortSignal) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer() },
      body: JSON.stringify(operation),
      ...(signal && { signal }),
    });
  /** Comments keep the connection open and say nothing. */
  const eventsOf = async (answer: Response) => (await answer.text()).replaceAll(/^:\n\n/gm, '');
  const subscribers = async () =>
    Number(/proofsheet_subscribers (\d+)/.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1]);

  it('have one result of a query or mutation, and then the end', async () => {
    const answer = await stream({ query: '{ __typename }' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('ratelimit')).toMatch(/^"user";r=\d+;t=\d+$/);
    expect(await eventsOf(answer)).toMatch(
      /^event: next\ndata: \{"data":\{"__typename":"Query"\},"extensions":\{"cost":\{[^{}\n]+\}\}\}\n\nevent: complete\ndata:\n\n$/,
    );
    const refused = await eventsOf(
      await stream({ query: 'mutation { cancelTask(id: "x") { task { id } } }' }),
    );
    expect(refused).toMatch(/^event: next\ndata: \{"errors":.*NOT_FOUND.*\n\nevent: complete\ndata:\n\n$/);
  });

  it.each(['subscription {', 'subscription { nothing }'])(
    'tell the fault of %s, and then the end',
    async (query) => {
      expect(await eventsOf(await stream({ query }))).toMatch(
        /^event: next\ndata: \{"errors":.*INVALID_INPUT.*\n\nevent: complete\ndata:\n\n$/,
      );
    },
  );

  it('come by GET as well', async () => {
    const answer = await fetch(`${app.url}/graphql?query={__typename}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(await eventsOf(answer)).toContain('event: next\ndata: {"data":');
    const mutation = `${app.url}/graphql?query=mutation{cancelTask(id:"x"){task{id}}}`;
    expect((await fetch(mutation, { headers: { accept: 'text/event-stream' } })).status).toBe(405);
  });

  it('end when their reader leaves', async () => {
    const leaving = new AbortController();
    await stream({ query: 'subscription { taskUpdated { id } }' }, leaving.signal);
    await expect.poll(subscribers).toBe(1);
    leaving.abort();
    await expect.poll(subscribers).toBe(0);
  });
});
