/** The fast path and Yoga answer every request alike; `/graphql?` is left to Yoga. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, generate, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '90000', REFUSED_REQUESTS_PER_MINUTE: '90000' });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

type Sent = [headers: Record<string, string>, body: object | string];

/** Status, headers and text, without what differs from request to request. */
async function answerAt(url: string, [headers, body]: Sent) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const ignored = ['date', 'x-request-id'];
  const kept = [...answer.headers].filter(([name]) => !ignored.includes(name));
  const text = await answer.text();
  return {
    status: answer.status,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, value.replaceAll(/\b[rt]=\d+/g, '')])),
    text: text.replace(/"remaining":\d+,"resetAt":"[^"]+"/, ''),
  };
}

async function compare(url: string, sent: Sent) {
  const slow = await answerAt(`${url}/graphql?`, sent);
  for (let time = 0; time < 2; time += 1) expect(await answerAt(`${url}/graphql`, sent)).toEqual(slow);
  return slow;
}

const user = () => ({ authorization: `Bearer ${caller.token}` });
const query = 'query A($id: ID = "x") { viewer { credits } task(id: $id) { id } } query B { __typename }';
const text = '{ __typename }';
const deepQuery = 'query ($filter: TaskFilter) { viewer { tasks(filter: $filter) { totalCount } } }';
const deep = `{"query":"${deepQuery}","variables":{"filter":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`;
const persistedQuery = { version: 1, sha256Hash: hash('sha256', text) };

describe('the fast path answers as Yoga does', () => {
  it.each<[string, object | string]>([
    ['one of two operations', { query, operationName: 'B' }],
    ['a field that is refused', { query: '{ task(id: "x") { id } }' }],
    ['a part that is refused', { query: '{ viewer { id } nodes(ids: ["x"]) { id } }' }],
    ['an operation of another name', { query, operationName: 'C' }],
    ['no name', { query }],
    ['an empty name', { query: text, operationName: '' }],
    ['faulty variables', { query, operationName: 'A', variables: { id: {} } }],
    ['many faults', { query: 'query ($a: [Int]) { __typename }', variables: { a: Array(200).fill('x') } }],
    ['further variables', { query: text, variables: { __proto__: 1, constructor: 2, further: [] } }],
    ['a deep variable', deep],
    ['a fault of an argument', { query: '{ models(provider: "nothing") { id } }' }],
    [
      'too complex an operation',
      { query: `{ ${Array.from({ length: 201 }, (_, i) => `a${i}: __typename`).join(' ')} }` },
    ],
    ['a mutation', { query: 'mutation { cancelTask(id: "x") { task { id } } }' }],
    ['a subscription', { query: 'subscription { taskUpdated(id: "x") { id } }' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a persisted document', { query: text, extensions: { persistedQuery } }],
    ['its hash', { extensions: { persistedQuery } }],
    ['a wrong hash', { query, extensions: { persistedQuery } }],
    ['a fault of a document', { query: '{ nothing }' }],
    ['a fault of syntax', { query: '{' }],
    ['a byte order mark', `\uFEFF{"query":"${text}"}`],
    ['a lone surrogate', '{"query":"{ a: __typename }","variables":{"a":"\\ud800"}}'],
    ['a batch', [{ query: text }]],
    ['another parameter', { query: text, id: 1 }],
    ['another parameter of null', { query: text, id: null }],
    ['no query', {}],
    ['half of an object', '{"query":'],
  ])('to %s', async (_, body) => {
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json'])
      for (const headers of [{}, user()]) await compare(app.url, [{ accept, ...headers }, body]);
  });

  it.each([
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
    'application/json;q=0.1, application/graphql-response+json',
    'APPLICATION/GRAPHQL-RESPONSE+JSON ; charset=utf-8',
    'application/graphql-response+json; charset=latin1, application/*',
    '*/graphql-response+json',
    'text/html, */*;q=0.8',
    'text/html',
    'multipart/mixed',
    '',
    ',',
  ])('where the client takes %s', async (accept) => {
    for (const query of [text, '{ nothing }', '{ task(id: "x") { id } }', 'mutation { signOut }'])
      await compare(app.url, [{ accept }, { query }]);
  });

  it('to the credentials of a session, a key and nothing', async () => {
    const task = await generate(caller);
    const body = { query, operationName: 'A', variables: { id: task.id } };
    expect((await compare(app.url, [user(), body])).text).toContain(task.id);
    expect((await compare(app.url, [{}, body])).text).toContain('UNAUTHENTICATED');
    for (const accept of ['application/json', 'application/graphql-response+json'])
      expect((await compare(app.url, [{ accept, 'x-api-key': 'psk_none' }, body])).status).toBe(401);
    expect((await compare(app.url, [{ ...user(), origin: 'https://elsewhere.test' }, body])).status).toBe(
      403,
    );
  });

  it.each<Record<string, string>>([
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer none' },
    { authorization: 'Basic bm9uZTpub25l' },
    { authorization: 'Bearer psk_none' },
    { 'x-api-key': '' },
    { cookie: 'better-auth.session_token=none' },
    { cookie: '' },
  ])('to the credentials %o', async (headers) => {
    for (const accept of ['application/json', 'application/graphql-response+json'])
      await compare(app.url, [{ accept, ...headers }, { query: '{ viewer { credits } }' }]);
  });

  it('to a caller beyond its limit', async () => {
    const other = await startTestApp({ OPERATIONS_PER_MINUTE: '1' });
    await answerAt(`${other.url}/graphql?`, [{}, { query: text }]);
    const refused = { slow: await answerAt(`${other.url}/graphql?`, [{}, { query: text }]), fast: {} };
    refused.fast = await answerAt(`${other.url}/graphql`, [{}, { query: text }]);
    expect(refused.slow.text).toContain('RATE_LIMITED');
    expect(refused.slow.headers).toHaveProperty('retry-after');
    const strip = (answer: object) => JSON.stringify(answer).replaceAll(/\d+/g, '');
    expect(strip(refused.fast)).toBe(strip(refused.slow));
    await other.remove();
  });
});
