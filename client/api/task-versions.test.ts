import { gql } from '@urql/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFakeSockets } from '../testing/fake-sockets.ts';
import { createScriptedServer, settled } from '../testing/scripted-server.ts';
import { entity, feedData, progressData, taskData } from '../testing/tasks.ts';
import { cache } from './cache.ts';
import { createApi } from './client.ts';

const fields = 'id version status progress { percent } images { id url }';
const TaskState = gql(`query TaskState($id: ID!) { task(id: $id) { ${fields} } }`);
const OtherState = gql(`query OtherState($id: ID!) { task(id: $id) { ${fields} } }`);
const TaskUpdated = gql(`subscription TaskUpdated { taskUpdated { ${fields} } }`);
const DeleteTask = gql(`mutation DeleteTask($id: ID!) { deleteTask(id: $id) { deletedId } }`);
const Deletions = gql(
  `mutation Deletions($first: ID!, $second: ID!) { deleteTask0: deleteTask(id: $first) { deletedId } deleteTask1: deleteTask(id: $second) { deletedId } }`,
);
const Feed = gql(
  `query Feed { viewer { id tasks(first: 20) { nodes { ${fields} createdAt } pageInfo { hasNextPage endCursor } totalCount } } }`,
);

const id = 'task-1';
const at = (version: number, percent: number) => taskData({ id, version, progress: progressData(percent) });
const stateOf = (version: number, percent: number) => ({ __typename: 'Query', task: at(version, percent) });

function start() {
  const server = createScriptedServer();
  const sockets = createFakeSockets();
  const { client, dispose } = createApi({
    url: 'http://localhost/graphql',
    cache,
    fetch: server.fetch,
    webSocketImpl: sockets.implementation,
  });
  onTestFinished(dispose);
  const seen: number[] = [];
  const watched = client.query(TaskState, { id }).subscribe(({ data }) => {
    if (data?.task) seen.push(data.task.version);
  });
  onTestFinished(watched.unsubscribe);
  const poll = () => client.query(TaskState, { id }, { requestPolicy: 'network-only' }).toPromise();
  return { server, sockets, client, seen, poll };
}

async function startLive() {
  const parts = start();
  const subscription = parts.client.subscription(TaskUpdated, {}).subscribe(() => {});
  onTestFinished(subscription.unsubscribe);
  await expect.poll(() => parts.sockets.all.at(-1)?.operations.size).toBe(1);
  const event = async (task: ReturnType<typeof at>) => {
    parts.sockets.last().publish({ __typename: 'Subscription', taskUpdated: task });
    await settled();
  };
  return { ...parts, event };
}

describe('the order of news about a task', () => {
  it('shows the newest version, of those from queries and from subscriptions', async () => {
    const { server, seen, event } = await startLive();
    await (await server.next('TaskState')).answer(stateOf(1, 10));
    await event(at(2, 20));
    expect(seen.at(-1)).toBe(2);
  });

  it('drops the answer of a poll that was overtaken by a live event', async () => {
    const { server, seen, poll, event } = await startLive();
    await (await server.next('TaskState')).answer(stateOf(1, 10));
    const polled = poll();
    const request = await server.next('TaskState');
    await event(at(5, 80));
    await request.answer(stateOf(3, 40));
    expect((await polled).data?.task).toMatchObject({ version: 5, progress: { percent: 80 } });
    expect(seen.at(-1)).toBe(5);
    expect(Math.max(...seen)).toBe(5);
  });

  it('drops a live event that is older than what a poll has brought', async () => {
    const { server, seen, poll, event } = await startLive();
    await (await server.next('TaskState')).answer(stateOf(1, 10));
    const polled = poll();
    await (await server.next('TaskState')).answer(stateOf(7, 90));
    await polled;
    await event(at(6, 70));
    expect(seen.at(-1)).toBe(7);
  });

  it('keeps the newest where the query that began first is answered last, with the newer state', async () => {
    const { server, client, seen } = start();
    const first = await server.next('TaskState');
    const second = client.query(OtherState, { id }).toPromise();
    await (await server.next('OtherState')).answer(stateOf(3, 30));
    await second;
    await first.answer(stateOf(6, 60));
    expect(seen.at(-1)).toBe(6);
    const cached = await client.query(OtherState, { id }, { requestPolicy: 'cache-only' }).toPromise();
    expect(cached.data?.task.version).toBe(6);
  });

  it('takes the same version again, whose addresses may be fresh', async () => {
    const { server, client, poll } = start();
    const image = (url: string) => ({ __typename: 'Image', id: 'image-1', url });
    const withUrl = (url: string) => ({ __typename: 'Query', task: { ...at(4, 100), images: [image(url)] } });
    await (await server.next('TaskState')).answer(withUrl('https://files.example/old'));
    const polled = poll();
    await (await server.next('TaskState')).answer(withUrl('https://files.example/fresh'));
    expect((await polled).data?.task.images[0].url).toBe('https://files.example/fresh');
    expect(client.readQuery(TaskState, { id })?.data?.task.images[0].url).toBe('https://files.example/fresh');
  });

  it('takes a deleted parent from its tasks, also from those of a late answer', async () => {
    const { server, client } = start();
    const parents: unknown[] = [];
    const Children = gql(
      'query Children { viewer { id tasks(first: 20) { nodes { id version createdAt parent { id } } pageInfo { hasNextPage endCursor } totalCount } } }',
    );
    const child = taskData({ id: 'child', parent: entity('Task', { id }) });
    const watched = client.query(Children, {}).subscribe(({ data }) => {
      if (data) parents.push((data as ReturnType<typeof feedData>).viewer.tasks.nodes[0]?.parent?.id);
    });
    onTestFinished(watched.unsubscribe);
    await (await server.next('Children')).answer(feedData([child]));
    const deleted = client.mutation(DeleteTask, { id }).toPromise();
    await (
      await server.next('DeleteTask')
    ).answer({ deleteTask: { __typename: 'DeleteTaskPayload', deletedId: id } });
    await deleted;
    expect(parents).toEqual([id, undefined]);
    const late = client.query(Children, {}, { requestPolicy: 'network-only' }).toPromise();
    await (await server.next('Children')).answer(feedData([child]));
    await late;
    expect(parents.at(-1)).toBeUndefined();
  });

  it('keeps a deleted task away although a late answer still holds it', async () => {
    const { server, client } = start();
    const feed = (tasks: object[]) => ({
      __typename: 'Query',
      viewer: {
        __typename: 'Viewer',
        id: 'viewer-1',
        tasks: {
          __typename: 'TaskConnection',
          nodes: tasks,
          pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
          totalCount: tasks.length,
        },
      },
    });
    const shown: string[][] = [];
    const watched = client.query(Feed, {}).subscribe(({ data }) => {
      if (data) shown.push(data.viewer.tasks.nodes.map((task: { id: string }) => task.id));
    });
    onTestFinished(watched.unsubscribe);
    await (await server.next('Feed')).answer(feed([at(1, 10), taskData({ id: 'task-2' })]));
    const late = client.query(Feed, {}, { requestPolicy: 'network-only' }).toPromise();
    const lateRequest = await server.next('Feed');
    const deletion = client.mutation(Deletions, { first: 'task-3', second: id }).toPromise();
    await (
      await server.next('Deletions')
    ).answer({
      deleteTask0: { __typename: 'DeleteTaskPayload', deletedId: 'task-3' },
      deleteTask1: { __typename: 'DeleteTaskPayload', deletedId: id },
    });
    await deletion;
    expect(shown.at(-1)).toEqual(['task-2']);
    await lateRequest.answer(feed([at(1, 10), taskData({ id: 'task-2' })]));
    await late;
    expect(shown.at(-1)).toEqual(['task-2']);
  });
});
