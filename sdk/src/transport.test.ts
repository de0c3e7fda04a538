import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  openScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../../tests/support/scripted-server.ts';
import { createClient } from './client.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await openScriptedServer();
});
afterAll(() => server.close());

const refusal = (code: string, extensions = {}): ScriptedAnswer => ({
  headers: { 'x-request-id': 'request-1' },
  json: { data: null, errors: [{ message: `It is ${code}.`, extensions: { code, ...extensions } }] },
});
const state = (version: number, status: string): ScriptedAnswer => ({
  json: { data: { task: { id: '1', version, status, completedAt: status === 'SUCCESS' ? 'now' : null } } },
});

/** Answers with these, the last one again and again. */
function script(...answers: ScriptedAnswer[]) {
  server.answer(() => answers[Math.min(server.requests.length, answers.length) - 1]!);
  return createClient({ url: server.url, webSocketImpl: null, retryTimeoutMs: 10_000 });
}

const accepted: ScriptedAnswer = { json: { data: { generateImage: { task: { id: '1', version: 1 } } } } };

it.each<[string, ScriptedAnswer]>([
  ['no response', { drop: true }],
  ['half a response', { cutOff: '{"data":' }],
  ['INTERNAL', refusal('INTERNAL')],
  ['502 of a proxy', { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }],
])('repeats generate with the same key after %s', async (_, answer) => {
  const client = script(answer, answer, accepted);
  expect((await client.generate({ model: 'm', prompt: 'p' })).id).toBe('1');
  const bodies = server.requests.map(({ body }) => body.toString());
  expect(bodies).toHaveLength(3);
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toMatch(/"idempotencyKey":"[0-9a-f]{32}"/);
});

it('repeats any request after RATE_LIMITED, once retryAfter is over', async () => {
  const client = script(refusal('RATE_LIMITED', { retryAfter: 1 }), { json: { data: { ok: true } } });
  const sentAtMs = performance.now();
  expect(await client.request('mutation { any }')).toEqual({ ok: true });
  expect(performance.now() - sentAtMs).toBeGreaterThan(990);
});

it.each<[ScriptedAnswer, object]>([
  [
    refusal('RATE_LIMITED', { retryAfter: 60 }),
    { code: 'RATE_LIMITED', retryAfter: 60, requestId: 'request-1' },
  ],
  [
    { status: 429, headers: { 'retry-after': '60' }, body: '' },
    { code: 'RATE_LIMITED', retryAfter: 60 },
  ],
  [
    refusal('INVALID_INPUT', { field: 'prompt' }),
    { code: 'INVALID_INPUT', field: 'prompt', message: 'It is INVALID_INPUT.' },
  ],
  [refusal('A_CODE_OF_LATER'), { code: 'A_CODE_OF_LATER' }],
  [{ status: 404, body: 'Not found' }, { code: 'NOT_FOUND' }],
  [
    { status: 400, headers: { 'x-request-id': 'request-1' }, json: { errors: [{ message: 'Bad syntax.' }] } },
    { code: 'INVALID_INPUT', message: 'Bad syntax.', requestId: 'request-1' },
  ],
  [{ status: 403, json: { errors: { reason: 'blocked' } } }, { code: 'FORBIDDEN' }],
  [{ status: 403, json: null }, { code: 'FORBIDDEN' }],
])('throws %j at once', async (answer, error) => {
  const client = script(answer);
  await expect(client.viewer()).rejects.toMatchObject({ name: 'ProofsheetError', ...error });
  expect(server.requests).toHaveLength(1);
});

it.each([undefined, false])('does not repeat a mutation if isIdempotent is %s', async (isIdempotent) => {
  const client = script(refusal('INTERNAL'), { json: { data: {} } });
  const request = client.request('mutation { any }', {}, { isIdempotent });
  await expect(request).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(server.requests).toHaveLength(1);
});

it('sends a request once where none is to be repeated', async () => {
  script({ json: { data: { models: [] } } }, { drop: true });
  const client = createClient({ url: server.url, retryTimeoutMs: 0 });
  expect(await client.models()).toEqual([]);
  await expect(client.models()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(server.requests).toHaveLength(2);
});

it.each(['localhost:4000', '/graphql', 'images.example'])('takes no address such as %s', (url) => {
  expect(() => createClient({ url })).toThrow(TypeError);
});

it('stops repeating after the total time', async () => {
  script({ drop: true });
  const client = createClient({ url: server.url, retryTimeoutMs: 2000 });
  await expect(client.viewer()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(server.requests.length).toBeGreaterThan(1);
});

it('aborts a request, and the wait before the next', async () => {
  const reason = new Error('left');
  const hanging = new AbortController();
  const request = script({ hang: true }).viewer({ signal: hanging.signal });
  await server.received(1);
  hanging.abort(reason);
  await expect(request).rejects.toBe(reason);

  const waiting = new AbortController();
  const client = createClient({
    url: server.url,
    fetch: async () => {
      queueMicrotask(() => waiting.abort(reason));
      return Response.json({
        errors: [{ message: '', extensions: { code: 'RATE_LIMITED', retryAfter: 60 } }],
      });
    },
  });
  await expect(client.viewer({ signal: waiting.signal })).rejects.toBe(reason);
});

it('ends a retry by the signal of its task, with a key of the caller too', async () => {
  const client = script(state(1, 'PENDING'), { hang: true });
  const leaving = new AbortController();
  const task = await client.task('1', { signal: leaving.signal });
  const retry = task.retry({ idempotencyKey: 'order-1' });
  await server.received(2);
  leaving.abort(new Error('left'));
  await expect(retry).rejects.toThrow('left');
});

it('follows a task through statuses that it does not know, and past older versions', async () => {
  const client = script(
    state(1, 'PENDING'),
    state(3, 'POLISHING'),
    state(2, 'PROCESSING'),
    state(4, 'SUCCESS'),
  );
  const states = await Array.fromAsync(await client.task('1'));
  expect(states.map(({ version, status }) => `${version} ${status}`)).toEqual([
    '1 PENDING',
    '3 POLISHING',
    '4 SUCCESS',
  ]);
});
