import { gql } from '@urql/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFakeSockets } from '../testing/fake-sockets.ts';
import { createScriptedServer, settled } from '../testing/scripted-server.ts';
import { feedData, taskData } from '../testing/tasks.ts';
import { cache } from './cache.ts';
import { createApi } from './client.ts';

const fields = 'id version status createdAt';
const Feed = gql(`query Feed($after: String) {
  viewer { id tasks(first: 20, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } totalCount } }
}`);
const Generate = gql(
  `mutation Generate { generateImage(input: {}) { task { ${fields} } viewer { id credits } } }`,
);
const Session = gql(`query Session { viewer { id credits } }`);
const TaskUpdated = gql(`subscription TaskUpdated { taskUpdated { ${fields} } }`);

const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const task = (minute: number) => taskData({ id: `at-${minute}`, createdAt: at(minute) });

async function startWithFeed(minutes: number[], page: { hasNextPage?: boolean; endCursor?: string } = {}) {
  const server = createScriptedServer();
  const sockets = createFakeSockets();
  const { client, dispose } = createApi({
    url: 'http://localhost/graphql',
    cache,
    fetch: server.fetch,
    webSocketImpl: sockets.implementation,
  });
  onTestFinished(dispose);
  let shown: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean }; totalCount: number } | undefined;
  const watched = client.query(Feed, {}).subscribe(({ data }) => {
    shown = data?.viewer.tasks;
  });
  onTestFinished(watched.unsubscribe);
  await (await server.next('Feed')).answer(feedData(minutes.map(task), page));
  const ids = () => shown?.nodes.map(({ id }) => id);
  const event = async (minute: number, version = 2) => {
    sockets.last().publish({ taskUpdated: { ...task(minute), version } });
    await settled();
  };
  const subscribe = async () => {
    const subscription = client.subscription(TaskUpdated, {}).subscribe(() => {});
    onTestFinished(subscription.unsubscribe);
    await expect.poll(() => sockets.all.at(-1)?.operations.size).toBe(1);
  };
  return { server, client, ids, event, subscribe, shown: () => shown };
}

describe('the feed in the cache', () => {
  it('shows an accepted task at its top, and the balance that came with it', async () => {
    const { server, client, ids } = await startWithFeed([20, 10]);
    const credits: number[] = [];
    const session = client
      .query(Session, {})
      .subscribe(({ data }) => data && credits.push(data.viewer.credits));
    onTestFinished(session.unsubscribe);
    const viewer = (balance: number) => ({ __typename: 'Viewer', id: 'viewer-1', credits: balance });
    await (await server.next('Session')).answer({ viewer: viewer(12) });
    const sent = client.mutation(Generate, {}).toPromise();
    const payload = { __typename: 'GenerateImagePayload', task: task(30), viewer: viewer(8) };
    await (await server.next('Generate')).answer({ generateImage: payload });
    await sent;
    expect(ids()).toEqual(['at-30', 'at-20', 'at-10']);
    expect(credits).toEqual([12, 8]);
  });

  it('shows a task that was started elsewhere, once', async () => {
    const { ids, event, subscribe } = await startWithFeed([20, 10]);
    await subscribe();
    await event(30, 2);
    await event(30, 3);
    expect(ids()).toEqual(['at-30', 'at-20', 'at-10']);
  });

  it('puts an older task in its place', async () => {
    const { ids, event, subscribe } = await startWithFeed([30, 10]);
    await subscribe();
    await event(20);
    expect(ids()).toEqual(['at-30', 'at-20', 'at-10']);
  });

  it('leaves a task that belongs to a page not loaded yet to that page', async () => {
    const { ids, event, subscribe } = await startWithFeed([30, 20], { hasNextPage: true, endCursor: 'c' });
    await subscribe();
    await event(10);
    expect(ids()).toEqual(['at-30', 'at-20']);
  });

  it('joins the next page to the first, and keeps the count', async () => {
    const { server, client, ids, shown } = await startWithFeed([30, 20], {
      hasNextPage: true,
      endCursor: 'c',
    });
    const more = client.query(Feed, { after: 'c' }).toPromise();
    const request = await server.next('Feed');
    expect(request.variables).toEqual({ after: 'c' });
    await request.answer(feedData([task(20), task(10)]));
    await more;
    expect(ids()).toEqual(['at-30', 'at-20', 'at-10']);
    expect(shown()).toMatchObject({ pageInfo: { hasNextPage: false }, totalCount: 2 });
  });
});
