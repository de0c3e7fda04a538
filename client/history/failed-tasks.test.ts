import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TaskFilter } from '../api/generated/graphql.ts';
import { createFailedCount, failedStatus, findFailedTasks } from './failed-tasks.ts';
import { createHistory } from './history.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { feedData, taskData } from '../testing/tasks.ts';

const failed: TaskFilter = { status: ['FAILED'] };
const ids = (...all: string[]) => all.map((id) => taskData({ id, status: 'FAILED' }));

describe('failed tasks', () => {
  it('are those that the filter does not leave out', () => {
    const statuses = [
      {},
      failed,
      { status: 'CANCELED' as const },
      { status: ['PENDING', 'PROCESSING'] as const },
    ];
    expect(statuses.map((filter) => failedStatus(filter as TaskFilter))).toEqual([
      'FAILED',
      'FAILED',
      'CANCELED',
      undefined,
    ]);
  });

  it('are found page by page, and none where a page does not come', async () => {
    const { server, client } = createScriptedApi();
    const found = findFailedTasks(client, failed);
    const first = await server.next('FailedTasks');
    expect(first.variables).toEqual({ filter: failed, first: 100 });
    await first.answer(feedData(ids('c', 'b'), { hasNextPage: true, endCursor: 'after-b' }));
    const second = await server.next('FailedTasks');
    expect(second.variables).toEqual({ filter: failed, first: 100, after: 'after-b' });
    await second.answer(feedData(ids('a')));
    expect(await found).toEqual(['c', 'b', 'a']);

    const broken = findFailedTasks(client, failed);
    await (await server.next('FailedTasks')).drop();
    expect(await broken).toBeUndefined();
  });

  it('leave the list of the same filter as it is', async () => {
    const { server, client } = createScriptedApi();
    const history = createRoot((dispose) => {
      onTestFinished(dispose);
      return createHistory({ client, filter: () => failed, viewerId: () => 'viewer-1', changes: () => 0 });
    });
    await (await server.next('History')).answer(feedData(ids('c')));
    const found = findFailedTasks(client, failed);
    await (await server.next('FailedTasks')).answer(feedData(ids('c', 'b')));
    expect(await found).toEqual(['c', 'b']);
    await settled();
    expect(history.tasks().map(({ id }) => id)).toEqual(['c']);
    expect(server.log).toEqual(['History', 'FailedTasks']);
  });

  it('are counted where some are shown, again with each change, and late responses are ignored', async () => {
    const { server, client } = createScriptedApi();
    const [filter, setFilter] = createSignal<TaskFilter>();
    const [changes, setChanges] = createSignal(0);
    const count = createRoot((dispose) => {
      onTestFinished(dispose);
      return createFailedCount({ client, filter, changes });
    });
    expect(server.log).toEqual([]);
    setFilter(failed);
    const late = await server.next('FailedTasks');
    setFilter({ ...failed, search: 'fog' });
    const request = await server.next('FailedTasks');
    expect(request.variables).toEqual({ filter: { ...failed, search: 'fog' }, first: 1 });
    await request.answer(feedData(ids('a', 'b')));
    await late.answer(feedData(ids('a', 'b', 'c')));
    expect(count()).toBe(2);
    setChanges(1);
    await (await server.next('FailedTasks')).answer(feedData(ids('a')));
    expect(count()).toBe(1);
    setFilter(undefined);
    expect(count()).toBeUndefined();
  });
});
