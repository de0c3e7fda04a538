/**
 * Seeded mutations of valid requests over each transport are never a fault of the server's, and leave nothing behind.
 * `MUTATIONS` is their number for each transport, and `MUTATION_SEED` repeats a run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Arbitrary, array, assert, asyncProperty, constantFrom, oneof, record } from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, follow, generate, signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { mutated, mutatedHeaders } from './support/mutations.ts';
import { openSocket, type SocketMessage } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { createOperations, createUpload } from './support/valid-requests.ts';

const mutations = Number(process.env['MUTATIONS'] ?? 200);
const seed = Number(process.env['MUTATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Ends requests that hang; none is expected to take a second. */
const hangMs = 30_000;
/** Of the second half: the first one fills caches, and the server compiles its code. */
const maxHeapGrowthBytes = 2_000_000 + mutations * 1_250;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of what is still referenced. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let app: TestApp;
let caller: Caller;
let apiKey: string;
let operations: string[];
let subscriptions: string[];
let upload: string;
let goodAnswer: unknown;

const good = () => caller.ask('{ viewer { id tasks(last: 1) { nodes { id status } } } }');

beforeAll(async () => {
  const limit = '1000000000';
  app = await startTestApp({
    OPERATIONS_PER_MINUTE: limit,
    OPERATIONS_PER_MINUTE_PER_KEY: limit,
    REFUSED_REQUESTS_PER_MINUTE: limit,
    UPLOAD_RETENTION_DAYS: '0',
  });
  caller = await signUp(app.url);
  apiKey = (await createKey(caller)).secret;
  const { id } = await generate(caller);
  await follow(caller, id);
  operations = createOperations(id).map((operation) => JSON.stringify(operation));
  const query = 'subscription ($id: ID!) { taskUpdated(id: $id) { status } }';
  subscriptions = [...operations.slice(0, 3), JSON.stringify({ query, variables: { id } })];
  upload = (await createUpload()).toString('latin1');
  goodAnswer = await good();
});
afterAll(() => app?.remove());

interface Sent {
  body: string;
  headers: Record<string, string>;
}

const multipart = 'multipart/form-data; boundary=x';
const json = { accept: 'application/json', 'content-type': 'application/json' };
/** With a session, an API key or neither. */
const requests = (body: Arbitrary<string>, headers: Record<string, string>): Arbitrary<Sent> => {
  const credentials = [{ authorization: `Bearer ${caller.token}` }, { 'x-api-key': apiKey }, {}];
  const all = oneof(...credentials.map((some) => mutatedHeaders({ ...headers, ...some })));
  return record({ body, headers: all });
};

/** The status of the response, which is read to its end, or to the first event of a stream. */
async function send(path: string, init: RequestInit): Promise<string> {
  const answer = await fetch(`${app.url}/graphql${path}`, init);
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    // Where a mutation removed the id of a task, only comments come.
    if (/^data: .+\n\n|^:\n\n:\n\n/m.test(text)) break;
  }
  return outcome(answer.status, text);
}

const outcome = (status: number, text: string) =>
  [status, ...new Set(text.match(/(?<="code":")\w+/g))].join(' ');
const post = ({ body, headers }: Sent) =>
  send('', { method: 'POST', headers, body: Buffer.from(body, 'latin1') });
const get = ({ body, headers }: Sent) => send(`?${body}`, { headers });

interface Dialog {
  init: unknown;
  messages: string[];
}

/** The codes of all messages up to the answer of a last, valid operation, or the code that closed the socket before. */
async function converse({ init, messages }: Dialog): Promise<string> {
  const socket = await openSocket(app.url, { init });
  for (const message of messages) socket.send(Buffer.from(message, 'latin1'));
  socket.send({ id: 'last', type: 'subscribe', payload: { query: '{ __typename }' } });
  const answers: (SocketMessage | undefined)[] = [];
  do answers.push(await socket.next().catch(() => undefined));
  while (answers.at(-1) && (answers.at(-1)?.id !== 'last' || answers.at(-1)?.type === 'next'));
  const code = answers.at(-1) ? 1000 : await socket.closed;
  await socket.close();
  return outcome(code, JSON.stringify(answers));
}

/** Sends mutations one after the other, and prints what they ended with. */
async function run<T>(
  name: string,
  sent: Arbitrary<T>,
  request: (sent: T) => Promise<string>,
  expected: RegExp,
): Promise<void> {
  const outcomes: Record<string, number> = {};
  let longestMs = 0;
  const heaps = [heapUsed()];
  let left = mutations;
  const check = asyncProperty(sent, async (mutation) => {
    if (left === Math.floor(mutations / 2)) heaps.push(heapUsed());
    left -= 1;
    const startedAt = performance.now();
    const ended = await request(mutation);
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    outcomes[ended] = (outcomes[ended] ?? 0) + 1;
    expect(ended).toMatch(expected);
    expect(ended).not.toContain('INTERNAL');
  });
  await assert(check, { numRuns: mutations, seed, timeout: hangMs });
  expect(await good()).toEqual(goodAnswer);
  heaps.push(heapUsed());
  const megabytes = heaps.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' → ');
  console.log(
    `${name}: ${mutations} sent, longest ${longestMs.toFixed()} ms, heap ${megabytes} MiB (seed ${seed})`,
    outcomes,
  );
  expect(heaps[2]! - heaps[1]!).toBeLessThan(maxHeapGrowthBytes);
}

const timeout = 60_000 + mutations * 200;
const noFault = /^[234]\d\d/;

it('begins with valid requests', async () => {
  const headers = { ...json, authorization: `Bearer ${caller.token}` };
  for (const body of operations) expect([body, await post({ body, headers })]).toEqual([body, '200']);
  expect(await post({ body: upload, headers: { ...headers, 'content-type': multipart } })).toBe('200');
});

it('is no fault over POST', { timeout }, () =>
  run('POST', requests(mutated(...operations), json), post, noFault),
);

it('is no fault over GET', { timeout }, () => {
  const parameters = operations.map((operation) => {
    const fields = Object.entries(JSON.parse(operation) as object);
    return new URLSearchParams(
      fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ).toString();
  });
  return run('GET', requests(mutated(...parameters), json), get, noFault);
});

it('is no fault over multipart', { timeout }, () =>
  run('multipart', requests(mutated(upload), { 'content-type': multipart }), post, noFault),
);

it('is no fault over SSE', { timeout }, () => {
  const headers = { ...json, accept: 'text/event-stream' };
  return run('SSE', requests(mutated(...subscriptions), headers), post, noFault);
});

it('is no fault over WebSocket', { timeout }, () => {
  const messages = [...operations, ...subscriptions].flatMap((payload) =>
    ['1', '2'].map((id) => `{"id":"${id}","type":"subscribe","payload":${payload}}`),
  );
  const others = [
    '{"type":"connection_init"}',
    '{"id":"1","type":"complete"}',
    '{"type":"ping","payload":{}}',
  ];
  const message = oneof(constantFrom(...messages), mutated(...messages), mutated(...others));
  const authorization = `Bearer ${caller.token}`;
  const init = constantFrom({ authorization }, { apiKey }, { apiKey: `${apiKey}x` }, {}, false);
  const dialogs = record({ init, messages: array(message, { maxLength: 5 }) });
  return run('WebSocket', dialogs, converse, /^(1000|1009|4400|4401|4409|4429)/);
});
