/** The protocol `graphql-transport-ws`, case by case: which code closes a socket, and what ends an operation only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, generate, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { openSocket, type TestSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

const signedIn = () => openSocket(app.url, { init: { authorization: `Bearer ${caller.token}` } });
const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });
const endless = 'subscription { taskUpdated { id } }';
const wellFormed = subscribe('1', '{ __typename }');

describe('a socket is closed', () => {
  it.each<[string, unknown]>([
    ['text that is no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', []],
    ['a message without a type', { id: '1' }],
    ['a message of an unknown type', { type: 'start', id: '1' }],
    ['a subscription without an id', { ...wellFormed, id: undefined }],
    ['a subscription with an empty id', { ...wellFormed, id: '' }],
    ['a subscription with a number for an id', { ...wellFormed, id: 1 }],
    ['a subscription without a payload', { ...wellFormed, payload: undefined }],
    ['a subscription without a query', { ...wellFormed, payload: {} }],
    ['a query that is no text', { ...wellFormed, payload: { query: 7 } }],
    ['variables that are a list', { ...wellFormed, payload: { query: '{ __typename }', variables: [] } }],
    ['variables that are text', { ...wellFormed, payload: { query: '{ __typename }', variables: 'a' } }],
    [
      'an operation name that is no text',
      { ...wellFormed, payload: { query: '{ __typename }', operationName: {} } },
    ],
    ['extensions that are text', { ...wellFormed, payload: { query: '{ __typename }', extensions: 'a' } }],
    ['an end without an id', { type: 'complete' }],
    ['a ping with text', { type: 'ping', payload: 'a' }],
  ])('with 4400 by %s', async (_, message) => {
    const socket = await openSocket(app.url);
    socket.send(message);
    expect(await socket.closed).toBe(4400);
  });

  it('with 4400 by a greeting whose payload is no object', async () => {
    const socket = await openSocket(app.url, { init: false });
    socket.send({ type: 'connection_init', payload: 'a' });
    expect(await socket.closed).toBe(4400);
  });

  it('with 4401 by an operation before the greeting', async () => {
    const socket = await openSocket(app.url, { init: false });
    socket.send(wellFormed);
    expect(await socket.closed).toBe(4401);
  });

  it('with 4406 where it speaks no protocol of ours', async () => {
    const socket = await openSocket(app.url, { protocol: [], init: false });
    expect(await socket.closed).toBe(4406);
  });

  it('with 4408 where no greeting comes', async () => {
    const socket = await openSocket(app.url, { init: false });
    expect(await socket.closed).toBe(4408);
  });

  it('with 4409 by an operation under an id that is taken', async () => {
    const socket = await signedIn();
    socket.send(subscribe('1', endless));
    socket.send(subscribe('1', endless));
    expect(await socket.closed).toBe(4409);
  });

  it('with 4429 by a second greeting', async () => {
    const socket = await openSocket(app.url);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toBe(4429);
  });
});

describe('an operation', () => {
  const run = async (socket: TestSocket, message: object) => {
    socket.send(message);
    return socket.next();
  };
  const refused = (id: string, code: string) => ({ id, type: 'error', payload: [{ extensions: { code } }] });

  it('has its results and then its end', async () => {
    const socket = await signedIn();
    const task = await generate(caller);
    socket.send({
      id: 'a',
      type: 'subscribe',
      payload: { query: `subscription { taskUpdated(id: "${task.id}") { status } }` },
    });
    const messages = [await socket.next()];
    while (messages.at(-1)?.type !== 'complete') messages.push(await socket.next());
    const results = messages.slice(0, -1).map(({ payload }) => payload);
    expect(results[0]).toMatchObject({ extensions });
    expect(results.slice(1).filter((result) => 'extensions' in (result as object))).toEqual([]);
    expect(messages.at(-2)).toEqual({
      id: 'a',
      type: 'next',
      payload: { data: { taskUpdated: { status: 'SUCCESS' } }, ...(results.length === 1 && { extensions }) },
    });
    expect(messages.at(-1)).toEqual({ id: 'a', type: 'complete' });
    await socket.close();
  });

  it('ends alone by a fault of its own: syntax, validation, name, variables, a refusal', async () => {
    const socket = await openSocket(app.url);
    expect(await run(socket, subscribe('1', 'subscription {'))).toMatchObject(refused('1', 'INVALID_INPUT'));
    expect(await run(socket, subscribe('2', '{ nothing }'))).toMatchObject(refused('2', 'INVALID_INPUT'));
    expect(await run(socket, subscribe('3', ''))).toMatchObject(refused('3', 'INVALID_INPUT'));
    const named = {
      ...wellFormed,
      id: '4',
      payload: { query: 'query A { __typename }', operationName: 'B' },
    };
    expect(await run(socket, named)).toMatchObject(refused('4', 'INVALID_INPUT'));
    const bare = await run(socket, subscribe('5', 'query ($id: ID!) { task(id: $id) { id } }'));
    expect(JSON.stringify(bare)).toContain('INVALID_INPUT');
    if (bare.type === 'next') expect(await socket.next()).toEqual({ id: '5', type: 'complete' });
    expect(await run(socket, subscribe('6', endless))).toMatchObject({
      id: '6',
      type: 'next',
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await socket.next()).toEqual({ id: '6', type: 'complete' });
    expect(await run(socket, subscribe('7', '{ __typename }'))).toMatchObject({ id: '7', type: 'next' });
    await socket.close();
  });

  it('gives its id back when it is ended, and tells nothing more', async () => {
    const socket = await signedIn();
    socket.send(subscribe('1', endless));
    socket.send({ id: '1', type: 'complete' });
    await generate(caller);
    expect(await run(socket, subscribe('1', '{ __typename }'))).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { __typename: 'Query' }, extensions },
    });
    await socket.close();
  });

  it('that is not there is ended without a word, and a ping is answered', async () => {
    const socket = await openSocket(app.url);
    socket.send({ id: 'nobody', type: 'complete' });
    socket.send({ type: 'pong' });
    expect(await run(socket, { type: 'ping', payload: { a: 1 } })).toEqual({
      type: 'pong',
      payload: { a: 1 },
    });
    await socket.close();
  });
});
