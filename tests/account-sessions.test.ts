/** The list of sessions, and their end. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaller, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.remove());

const password = 'correct horse battery';

interface Listed {
  id: string;
  userAgent: string;
  address: string;
  lastSeenAt: string;
  isCurrent: boolean;
}

/** An account with a caller for each of its sessions. */
async function openSessions(count: number) {
  const email = `${randomUUID()}@example.test`;
  const post = async (path: string, body: object, userAgent: string) => {
    const answer = await fetch(`${app.url}/api/auth/${path}/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': userAgent },
      body: JSON.stringify(body),
    });
    return createCaller(app.url, ((await answer.json()) as { token: string }).token);
  };
  const callers = [await post('sign-up', { name: 'Tester', email, password }, 'Browser 0')];
  for (let index = 1; index < count; index += 1)
    callers.push(await post('sign-in', { email, password }, `Browser ${index}`));
  return callers;
}

type Caller = Awaited<ReturnType<typeof openSessions>>[number];

const list = async (caller: Caller) => {
  const query = '{ viewer { sessions { id userAgent address lastSeenAt isCurrent } } }';
  const { viewer } = await caller.ask<{ viewer: { sessions: Listed[] } | null }>(query);
  return viewer?.sessions ?? [];
};
const endSession = 'mutation ($id: ID!) { endSession(id: $id) { endedId } }';

it('lists the sessions of the user, and marks the own one', async () => {
  const [first, second] = await openSessions(2);
  const sessions = await list(second!);
  expect(sessions).toHaveLength(2);
  expect(sessions.find(({ isCurrent }) => isCurrent)).toMatchObject({
    userAgent: 'Browser 1',
    address: '127.0.0.1',
  });
  expect((await list(first!)).find(({ isCurrent }) => isCurrent)).toMatchObject({ userAgent: 'Browser 0' });
});

it('ends one session, with its subscriptions, and no session of another user', async () => {
  const [kept, ended] = await openSessions(2);
  const { results, close } = ended!.subscribe('subscription { taskUpdated { id } }');
  const completed = (async () => {
    for await (const _ of results);
  })();
  const { id } = (await list(kept!)).find(({ isCurrent }) => !isCurrent)!;
  const stranger = await signUp(app.url);
  expect(await stranger.refusal(endSession, { id })).toBe('NOT_FOUND id');
  expect(await kept!.ask(endSession, { id })).toEqual({ endSession: { endedId: id } });
  await completed;
  await close();
  expect(await list(ended!)).toEqual([]);
  expect(await list(kept!)).toHaveLength(1);
});

it('ends all other sessions', async () => {
  const [kept, ...others] = await openSessions(3);
  const { endOtherSessions } = await kept!.ask<{ endOtherSessions: object }>(
    'mutation { endOtherSessions { count viewer { sessions { isCurrent } } } }',
  );
  expect(endOtherSessions).toEqual({ count: 2, viewer: { sessions: [{ isCurrent: true }] } });
  for (const caller of others) expect(await list(caller)).toEqual([]);
});
