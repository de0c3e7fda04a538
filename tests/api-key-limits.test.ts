/** What an API key may spend, and how much of what its user may have open at a time. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createCaller,
  generate,
  generateVariables,
  type GraphQLAnswer,
  refusedGenerate,
  signUp,
} from './support/api.ts';
import { createKey, keysOf } from './support/api-keys.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    SIGNUP_CREDITS: '200',
    OPERATIONS_PER_MINUTE: '100000',
    // Submitted one by one, none of the 50 is refunded because a busy machine lets its submission time out.
    WORKER_CONCURRENCY: '1',
    MAX_SOCKETS_PER_USER: '3',
    MAX_SUBSCRIPTIONS_PER_USER: '3',
  });
});
afterAll(() => app?.remove());

const unfinished = { prompt: 'Dunes sandbox:queued=9999' };

describe('the credit limit', () => {
  it('pays for exactly 50 images of 200 that are asked for at once, and again for a refund', async () => {
    const caller = await signUp(app.url);
    const { secret, apiKey } = await createKey(caller, { creditLimit: 100 });
    const program = createCaller(app.url, secret);
    // On a busy machine some wait too long for a connection: an open result, which a client repeats with its key.
    const settled = async () => {
      const input = { ...unfinished, idempotencyKey: randomUUID() };
      for (;;) {
        const refusal = await refusedGenerate(program, input);
        if (refusal !== 'INTERNAL') return refusal;
      }
    };
    const refusals = await Promise.all(Array.from({ length: 200 }, settled));
    expect(refusals.filter((refusal) => refusal === '')).toHaveLength(50);
    expect(refusals.filter((refusal) => refusal === 'INSUFFICIENT_CREDITS')).toHaveLength(150);
    const state = async () => [
      (await keysOf(caller)).find(({ id }) => id === apiKey.id)?.creditsSpent,
      (await caller.ask<{ viewer: { credits: number } }>('{ viewer { credits } }')).viewer.credits,
    ];
    expect(await state()).toEqual([100, 100]);
    const { errors } = await program.post(
      'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }',
      generateVariables(),
    );
    expect(errors?.[0]?.message).toMatch(/limit of this API key/);

    const { viewer } = await program.ask<{ viewer: { tasks: { nodes: { id: string }[] } } }>(
      '{ viewer { tasks(first: 1) { nodes { id } } } }',
    );
    const { id } = viewer.tasks.nodes[0]!;
    await program.ask('mutation ($id: ID!) { cancelTask(id: $id) { task { status } } }', { id });
    expect(await state()).toEqual([98, 102]);
    const retry = 'mutation ($id: ID!) { retryTask(id: $id) { task { id } } }';
    expect([await program.refusal(retry, { id }), await program.refusal(retry, { id })]).toEqual([
      '',
      'INSUFFICIENT_CREDITS',
    ]);
    expect(await state()).toEqual([100, 100]);
    expect(await refusedGenerate(caller)).toBe('');
  });
});

/** Two keys with two places each, of a user with three places and an unfinished task, and the user's session. */
async function threeCallers() {
  const caller = await signUp(app.url);
  await generate(caller, unfinished);
  const keyed = async () => ({ apiKey: (await createKey(caller)).secret });
  const session = { authorization: `Bearer ${caller.token}` };
  return { first: await keyed(), second: await keyed(), session };
}

describe('an API key has half', () => {
  it('of the sockets of its user, until one is closed', async () => {
    const { first, second, session } = await threeCallers();
    const open = (init: object) => openSocket(app.url, { init });
    const refused = async (init: object) => {
      const socket = await openSocket(app.url, { init: false });
      socket.send({ type: 'connection_init', payload: init });
      return [await socket.closed, await socket.closingReason];
    };
    const sockets = [await open(first), await open(first)];
    expect(await refused(first)).toEqual([1013, 'An API key may have 2 sockets']);
    sockets.push(await open(second));
    for (const init of [second, session])
      expect(await refused(init)).toEqual([1013, 'A user may have 3 sockets']);
    await sockets[0]!.close();
    // The server frees the place once it reads of the end.
    await expect.poll(() => open(second).then((socket) => sockets.push(socket))).toBe(4);
    for (const socket of sockets) await socket.close();
  });

  it('of the subscriptions of its user, over sockets and streams together, until one is ended', async () => {
    const { first, second, session } = await threeCallers();
    const query = 'subscription { taskUpdated { id } }';
    const sockets = await Promise.all([first, second, session].map((init) => openSocket(app.url, { init })));
    /** The message of the refusal; empty where the unfinished task comes. */
    const subscribe = async (socket: (typeof sockets)[number], id: string) => {
      socket.send({ id, type: 'subscribe', payload: { query } });
      let message = await socket.next();
      while (message.id !== id) message = await socket.next();
      return (message.payload as GraphQLAnswer<object>).errors?.[0]?.message ?? '';
    };
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'x-api-key': first.apiKey },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    });
    const ofKey = 'An API key may follow 2 subscriptions at a time. End one of them first.';
    const ofUser = 'You may follow 3 subscriptions at a time. End one of them first.';
    const [one, two, page] = sockets;
    expect(await subscribe(one!, '1')).toBe('');
    expect(await subscribe(one!, '2')).toBe(ofKey);
    expect(await subscribe(two!, '1')).toBe('');
    expect(await subscribe(two!, '2')).toBe(ofUser);
    expect(await subscribe(page!, '1')).toBe(ofUser);
    one!.send({ id: '1', type: 'complete' });
    expect(await subscribe(one!, '3')).toBe('');
    leaving.abort();
    await expect.poll(() => subscribe(page!, '2')).toBe('');
    for (const socket of sockets) await socket.close();
  });
});
