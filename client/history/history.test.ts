import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { forgetTask } from '../api/forget-task.ts';
import type { TaskFilter } from '../api/generated/graphql.ts';
import { createHistory, createHistoryCodes } from './history.ts';
import { createScriptedServer, settled } from '../testing/scripted-server.ts';
import { feedData, taskData } from '../testing/tasks.ts';

const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const task = (minute: number) => taskData({ id: `t${minute}`, createdAt: at(minute) });
const page = (minutes: number[], more?: string) =>
  feedData(minutes.map(task), more === undefined ? {} : { hasNextPage: true, endCursor: more });

function start() {
  const server = createScriptedServer();
  const api = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch });
  const [filter, setFilter] = createSignal<TaskFilter>({});
  const [changes, setChanges] = createSignal(0);
  const history = createRoot((dispose) => {
    onTestFinished(() => {
      dispose();
      api.dispose();
    });
    return createHistory({ client: api.client, filter, viewerId: () => 'viewer-1', changes });
  });
  return {
    server,
    client: api.client,
    history,
    setFilter,
    setChanges,
    ids: () => history.tasks().map(({ id }) => id),
  };
}

describe('History', () => {
  it('joins pages, and asks for the next one once', async () => {
    const { server, history, ids } = start();
    await (await server.next('History')).answer(page([9, 8], 'after-8'));
    expect(history.more()).toBe('some');
    void history.loadMore();
    void history.loadMore();
    const next = await server.next('History');
    expect(next.variables).toEqual({ filter: {}, after: 'after-8' });
    await next.answer(page([7]));
    expect(ids()).toEqual(['t9', 't8', 't7']);
    expect(history.more()).toBe('none');
    expect(server.log).toHaveLength(2);
  });

  it('loses nothing where new tasks push others off the first page', async () => {
    const { server, history, ids, setChanges } = start();
    await (await server.next('History')).answer(page([9, 8], 'after-8'));
    void history.loadMore();
    await (await server.next('History')).answer(page([7, 6]));
    setChanges(1);
    await (await server.next('History')).answer(page([10, 9], 'after-9'));
    expect(ids()).toEqual(['t10', 't9', 't8', 't7', 't6']);
  });

  it('says so where nothing comes, keeps what it has where more does not come, and tries again', async () => {
    const { server, history, ids } = start();
    await (await server.next('History')).drop();
    expect(history.status()).toBe('failed');
    history.refresh();
    expect(history.status()).toBe('loading');
    await (await server.next('History')).answer(page([9], 'after-9'));
    expect(history.status()).toBe('ready');
    void history.loadMore();
    await (await server.next('History')).refuse('INTERNAL');
    expect(history.more()).toBe('failed');
    expect(ids()).toEqual(['t9']);
    void history.loadMore();
    await (await server.next('History')).answer(page([8]));
    expect(ids()).toEqual(['t9', 't8']);
  });

  it('starts again with another filter, and ignores a late response of the previous one', async () => {
    const { server, history, ids, setFilter } = start();
    const late = await server.next('History');
    setFilter({ search: 'fog' });
    expect(history.status()).toBe('loading');
    const search = await server.next('History');
    expect(search.variables).toEqual({ filter: { search: 'fog' } });
    await search.answer(page([3]));
    await late.answer(page([9]));
    expect(ids()).toEqual(['t3']);
    setFilter({});
    expect(history.status()).toBe('loading');
    await (await server.next('History')).answer(page([9]));
    setFilter({ search: 'fog' });
    expect(ids()).toEqual(['t3']);
  });

  it('drops what another tab has deleted, from every list and without a question', async () => {
    const { server, client, ids, setFilter } = start();
    await (await server.next('History')).answer(page([9, 8]));
    setFilter({ search: 'fog' });
    await (await server.next('History')).answer(page([8]));
    const asked = server.log.length;
    await forgetTask(client, 't8');
    await settled();
    expect(ids()).toEqual([]);
    setFilter({});
    expect(ids()).toEqual(['t9']);
    expect(server.log.filter((name) => name === 'ForgetTask')).toEqual([]);
    await settled();
    // The list that is shown again is refreshed as always.
    expect(server.log.length).toBe(asked + 1);
  });
});

const tasks = (...ids: string[]) => ids.map((id) => taskData({ id }));

describe('the numbers of earlier tasks', () => {
  it('count down from how many there are', () => {
    const codes = createHistoryCodes(() => undefined);
    codes.learn(tasks('c', 'b'), 3);
    expect(['c', 'b', 'a'].map(codes.of)).toEqual(['3', '2', undefined]);
  });

  it('continue the codes of the feed', () => {
    const codes = createHistoryCodes((id) => (id === 'c' ? '31' : undefined));
    codes.learn(tasks('c', 'b', 'a'), 3);
    expect(['c', 'b', 'a'].map(codes.of)).toEqual(['31', '30', '29']);
  });

  it('stay when a task above them is deleted', () => {
    const codes = createHistoryCodes(() => undefined);
    codes.learn(tasks('c', 'b', 'a'), 3);
    codes.learn(tasks('b', 'a'), 2);
    expect(['b', 'a'].map(codes.of)).toEqual(['2', '1']);
    codes.learn(tasks('d', 'b', 'a'), 3);
    expect(['d', 'b', 'a'].map(codes.of)).toEqual(['3', '2', '1']);
  });
});
