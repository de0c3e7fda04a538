import { once } from 'node:events';
import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Admission } from '../http/request-limits.ts';
import { createCallerRateLimiter } from '../lib/rate-limiter.ts';
import type { Context, Services } from './context.ts';
import { createDocuments } from './documents.ts';
import { createFastPath } from './fast-path.ts';
import { createGraphQLHandler } from './http.ts';
import { createOperationQuota } from './operation-quota.ts';
import { createPersistedOperations } from './persisted-operations.ts';
import { createOperationRunner } from './run-operation.ts';

const log = { info() {}, warn() {}, error() {} };
/** Resolves when the field `wait` runs, with its context. */
let waiting: PromiseWithResolvers<Context>;
const schema = buildSchema('type Query { a: Int wait: Int } type Mutation { a: Int }');
const fields = (schema.getType('Query') as GraphQLObjectType).getFields();
fields['wait']!.resolve = (_, __, context: Context) => {
  waiting.resolve(context);
  return new Promise<number>((resolve) => context.signal!.addEventListener('abort', () => resolve(1)));
};

let server: Server;
let url: string;
/** Of the last request. */
let handled: unknown;
/** Requests that Yoga answered, and those that ran. */
let counts: { yoga: number; ran: number };

beforeEach(async () => {
  waiting = Promise.withResolvers();
  counts = { yoga: 0, ran: 0 };
  const limits = { callers: createCallerRateLimiter({ perMinute: 1_000 }) };
  const [documents, persisted] = [createDocuments(), createPersistedOperations()];
  const runner = createOperationRunner();
  const yoga = createGraphQLHandler({
    schema,
    services: {} as Services,
    viewerOf: async () => null,
    maxUploadBytes: 1,
    quota: createOperationQuota({ ...limits, keys: limits.callers }),
    documents,
    persisted,
    runner,
    observer: { countOperation() {} },
    introspection: true,
    maxSubscriptionsPerUser: 1,
    addressOf: () => '::1',
    fileAddresses: () => (url) => url,
    log,
  });
  const counted = (...exchange: Parameters<typeof yoga>) => {
    counts.yoga += 1;
    return yoga(...exchange);
  };
  const handler = createFastPath({
    yoga: Object.assign(counted, { fetchAPI: yoga.fetchAPI }) as never,
    documents,
    persisted,
    runner,
    log,
  });
  const admission: Admission = { waitMs: 0, markNotRefused: () => void (counts.ran += 1), countBytes() {} };
  server = createServer((request, response) => {
    handled = handler(request, response, admission);
  }).listen(0);
  await once(server, 'listening');
  url = `http://localhost:${(server.address() as AddressInfo).port}/graphql`;
});
afterEach(() => void server.close());

const json = { 'content-type': 'application/json' };
async function post(body: object | string, headers: Record<string, string> = {}, path = ''): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url + path, { method: 'POST', headers: { ...json, ...headers }, body: text });
  return answer.text();
}

describe('the fast path', () => {
  it('answers a document that was valid before, however it is asked for', async () => {
    const first = await post({ query: '{ a }' });
    expect(JSON.parse(first)).toMatchObject({ data: { a: null } });
    expect(counts).toEqual({ yoga: 1, ran: 1 });
    expect(await post({ query: '{ a }', variables: {}, operationName: null })).toContain(
      '{"data":{"a":null}',
    );
    await post({ query: '{ a }' }, { accept: 'text/html, application/*;q=0.5, text/event-stream' });
    await post({ query: '{ a }' }, { 'content-type': 'application/json; charset=utf-8' });
    expect(counts).toEqual({ yoga: 1, ran: 4 });
  });

  it.each<[string, Parameters<typeof post>]>([
    ['another path', [{ query: '{ a }' }, {}, '?']],
    ['another type', [{ query: '{ a }' }, { accept: 'text/event-stream' }]],
    ['another charset', [{ query: '{ a }' }, { 'content-type': 'application/json; charset=us-ascii' }]],
    ['a compressed body', [{ query: '{ a }' }, { 'content-encoding': 'gzip' }]],
    ['a body of more than 64 KB', [`{"query":"{ a }"${' '.repeat(65_536)}}`]],
    ['another document', [{ query: 'query { a }' }]],
    ['another parameter', [{ query: '{ a }', id: 1 }]],
    ['faulty variables', [{ query: '{ a }', variables: [] }]],
    ['a faulty name', [{ query: '{ a }', operationName: {} }]],
    ['another operation', [{ query: '{ a }', operationName: 'A' }]],
    ['a faulty hash', [{ query: '{ a }', extensions: { persistedQuery: { version: 1, sha256Hash: '0' } } }]],
    ['a list', ['[{ "query": "{ a }" }]']],
    ['half of an object', ['{ "query": "{ a }"']],
    ['nothing', ['']],
  ])('leaves a request to Yoga with %s', async (_, sent) => {
    await post({ query: '{ a }' });
    expect(counts.yoga).toBe(1);
    expect(await post(...sent)).toMatch(/^\{"(data|errors)":|^event: |^:|^$/);
    expect(counts.yoga).toBe(2);
  });

  it('leaves every faulty document to Yoga', async () => {
    for (const query of ['{ b }', '{']) for (let time = 0; time < 3; time += 1) await post({ query });
    expect(counts).toEqual({ yoga: 6, ran: 0 });
  });

  it('aborts the operation of a client that leaves', async () => {
    const query = '{ wait }';
    for (let time = 1; time <= 2; time += 1) {
      waiting = Promise.withResolvers();
      const client = send(url, { method: 'POST', headers: { ...json, 'content-length': 20 } });
      client.on('error', () => {});
      client.end(JSON.stringify({ query }));
      const { signal } = await waiting.promise;
      client.destroy();
      if (!signal!.aborted) await once(signal!, 'abort');
    }
    expect(counts).toEqual({ yoga: 1, ran: 2 });
  });

  it('survives a client that leaves within its body', async () => {
    await post({ query: '{ a }' });
    const received = once(server, 'request');
    const client = send(url, { method: 'POST', headers: { ...json, 'content-length': 100 } });
    client.on('error', () => {});
    client.write('{');
    await received;
    client.destroy();
    await handled;
    await post({ query: '{ a }' });
    expect(counts).toEqual({ yoga: 1, ran: 2 });
  });
});
