/** A caller above its limit gets `Retry-After`, and other callers are not affected. */
import { once } from 'node:events';
import http from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createCaller, generateVariables, type GraphQLAnswer, signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
afterEach(() => app?.remove());

const credits = '{ viewer { credits } }';
/** A refusal takes a second, so that a client that repeats refused requests at once cannot send hundreds. */
const refusalMs = 1_000;
const refused = { extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) as number } };

describe('operations beyond the limit', () => {
  it('are refused with the time to wait, charge nothing, and leave other users undisturbed', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE: '3' });
    const [eager, other] = [await signUp(app.url), await signUp(app.url)];
    for (let sent = 0; sent < 3; sent += 1) await eager.ask(credits);
    const sentAt = performance.now();
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${eager.token}` },
      body: JSON.stringify({ query: credits }),
    });
    expect(performance.now() - sentAt).toBeGreaterThan(0.95 * refusalMs);
    const { data, errors, extensions } = (await answer.json()) as GraphQLAnswer<object>;
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([refused]);
    expect(answer.headers.get('retry-after')).toBe(String(errors?.[0]?.extensions.retryAfter));
    expect(answer.headers.get('ratelimit')).toMatch(/^"user";r=0;t=\d+$/);
    expect(extensions?.cost).toMatchObject({ requested: 1, limit: 3, remaining: 0 });
    expect(errors?.[0]?.extensions.retryAfter).toBeGreaterThan(0);
    expect(errors?.[0]?.extensions.retryAfter).toBeLessThanOrEqual(60);
    expect(await other.ask(credits)).toEqual({ viewer: { credits: 20 } });
  });

  it('are counted by the field of a mutation, so that one document is no way around', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE: '5' });
    const caller = await signUp(app.url);
    const fields = (from: number) =>
      [0, 1, 2].map((index) => `m${from + index}: generateImage(input: $input) { task { id } }`).join(' ');
    const { errors } = await caller.post(
      `mutation ($input: GenerateImageInput!) { ${fields(0)} ...More } fragment More on Mutation { ${fields(3)} }`,
      generateVariables(),
    );
    expect(errors).toMatchObject([refused]);
  });

  it('are counted by what they cost, so that a large one counts for many small ones', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE: '30' });
    const caller = await signUp(app.url);
    const page = '{ viewer { tasks(first: 100) { nodes { id images { url } } } } }';
    await caller.ask(page);
    expect(await caller.refusal(page)).toBe('RATE_LIMITED');
  });

  it('of one API key are refused by its own limit, and leave room for its user', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE_PER_KEY: '1' });
    const caller = await signUp(app.url);
    const integration = createCaller(app.url, (await createKey(caller)).secret);
    const { extensions } = await integration.post(credits);
    expect(extensions?.cost).toMatchObject({ limit: 1, remaining: 0 });
    expect(await integration.refusal(credits)).toBe('RATE_LIMITED');
    expect(await caller.ask(credits)).toEqual({ viewer: { credits: 20 } });
  });

  // Turns red where the body is read first: its end never comes.
  it('are refused before the body of an upload is read', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE: '3' });
    const caller = await signUp(app.url);
    for (let sent = 0; sent < 4; sent += 1) await caller.post(credits);
    const request = http.request(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${caller.token}`,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': 10_000,
      },
    });
    request.write('--x\r\n');
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    const { errors } = (await json(answer)) as { errors: object[] };
    request.destroy();
    expect(errors).toMatchObject([refused]);
    expect(answer.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      ratelimit: expect.stringContaining('r=0'),
    });
  });

  it('are refused over a WebSocket as well, and to an address without a signed-in user', async () => {
    app = await startTestApp({ OPERATIONS_PER_MINUTE: '1' });
    const caller = await signUp(app.url);
    await caller.ask(credits);
    const sentAt = performance.now();
    const { results, close } = caller.subscribe('subscription { taskUpdated { id } }');
    expect(await results.next()).toMatchObject({ value: { errors: [refused] } });
    expect(performance.now() - sentAt).toBeGreaterThan(0.95 * refusalMs);
    await close();
    const visitor = createCaller(app.url);
    expect(await visitor.ask('{ __typename }')).toEqual({ __typename: 'Query' });
    expect(await visitor.refusal('{ __typename }')).toBe('RATE_LIMITED');
  });
});

describe('tries to sign in beyond the limit', () => {
  it('are answered with 429 and Retry-After, while signed-in users go on', async () => {
    app = await startTestApp({ SIGN_INS_PER_MINUTE: '3' });
    const caller = await signUp(app.url);
    const signIn = () =>
      fetch(`${app.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: 'guessed@example.test', password: 'guess number one' }),
      });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([401, 401]);
    const sentAt = performance.now();
    const answer = await signIn();
    expect(performance.now() - sentAt).toBeGreaterThan(0.95 * refusalMs);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await caller.ask(credits)).toEqual({ viewer: { credits: 20 } });
  });
});
