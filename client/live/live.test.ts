import { Provider } from '@urql/solid';
import { createComponent, createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { createFakeSockets } from '../testing/fake-sockets.ts';
import { createScriptedServer } from '../testing/scripted-server.ts';
import { feedData, imageData, progressData, taskData } from '../testing/tasks.ts';
import { createFeed, type Feed } from '../feed/feed.ts';
import type { Task } from '../api/task.ts';
import { createLive, type Live } from './live.ts';

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

function start(tasks: Task[]) {
  const server = createScriptedServer();
  const sockets = createFakeSockets();
  const api = createApi({
    url: 'http://localhost/graphql',
    cache,
    fetch: server.fetch,
    webSocketImpl: sockets.implementation,
  });
  const ended: string[] = [];
  const arrived: string[] = [];
  const [isSending, setSending] = createSignal(false);
  const [isWatched, setWatched] = createSignal(false);
  const parts = createRoot((dispose) => {
    onTestFinished(() => {
      dispose();
      api.dispose();
    });
    let feed!: Feed;
    let live!: Live;
    const use = () => {
      feed = createFeed(api.client, () => 'viewer-1');
      live = createLive({
        client: api.client,
        socket: api.socket,
        tasks: feed.tasks,
        isSending,
        isWatched,
        onMissed: feed.refresh,
        onEnded: (task) => ended.push(task.id),
        onArrived: (task) => arrived.push(task.id),
      });
    };
    createComponent(Provider, {
      value: api.client,
      get children() {
        use();
        return undefined;
      },
    });
    return { feed, live };
  });
  const load = async () => {
    await (await server.next('Feed')).answer(feedData(tasks));
    await vi.dynamicImportSettled();
    await pass(0);
  };
  const polls = () => server.log.filter((name) => name === 'TaskState').length;
  return { ...parts, server, sockets, ended, arrived, setSending, setWatched, load, polls };
}

const done = (version: number): Partial<Task> => ({
  version,
  status: 'SUCCESS',
  progress: progressData(100),
  images: [imageData('image-1')],
});

describe('following unfinished tasks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('finds them after a reload, and opens one subscription for all of them', async () => {
    const { load, sockets } = start([taskData({ id: 'a' }), taskData({ id: 'b' })]);
    await load();
    expect(sockets.all).toHaveLength(1);
    const queries = [...sockets.last().operations.values()].map(({ query }) => query);
    expect(queries).toEqual([expect.stringContaining('taskUpdated {')]);
  });

  it('opens no socket where all is finished', async () => {
    const { load, sockets } = start([taskData({ id: 'a', ...done(3) })]);
    await load();
    expect(sockets.all).toHaveLength(0);
  });

  it('keeps a subscription while the page is watched, and shows tasks from elsewhere', async () => {
    const { load, sockets, feed, setWatched } = start([taskData({ id: 'a', ...done(3) })]);
    await load();
    setWatched(true);
    await vi.dynamicImportSettled();
    await pass(0);
    expect(sockets.last().operations.size).toBe(1);
    const createdAt = '2026-03-02T10:00:00.000Z';
    sockets.last().publish({ taskUpdated: taskData({ id: 'b', createdAt }) });
    await pass(0);
    expect(feed.tasks().map(({ id }) => id)).toEqual(['b', 'a']);
    sockets.last().publish({ taskUpdated: taskData({ id: 'b', createdAt, ...done(2) }) });
    await pass(0);
    expect(sockets.last().operations.size).toBe(1);
    setWatched(false);
    expect(sockets.last().operations.size).toBe(0);
  });

  it('asks for the list every five seconds while the page is watched and the socket is away', async () => {
    const { load, sockets, server, feed, setWatched } = start([taskData({ id: 'a', ...done(3) })]);
    await load();
    sockets.accepts = false;
    setWatched(true);
    await vi.dynamicImportSettled();
    await pass(5);
    const made = taskData({ id: 'b', createdAt: '2026-03-02T10:00:00.000Z', ...done(2) });
    await (await server.next('Feed')).answer(feedData([made, taskData({ id: 'a', ...done(3) })]));
    expect(feed.tasks().map(({ id }) => id)).toEqual(['b', 'a']);
    const feeds = () => server.log.filter((name) => name === 'Feed').length;
    const before = feeds();
    setWatched(false);
    await pass(20);
    expect(feeds()).toBe(before);
  });

  it('asks for the list after a first connection that came late: tasks may have come meanwhile', async () => {
    const { load, sockets, server, setWatched } = start([taskData({ id: 'a', ...done(3) })]);
    await load();
    sockets.accepts = false;
    setWatched(true);
    await vi.dynamicImportSettled();
    await pass(5);
    await (await server.next('Feed')).answer(feedData([]));
    const before = sockets.all.length;
    sockets.accepts = true;
    while (sockets.all.length === before) await pass(0.1);
    await (await server.next('Feed')).answer(feedData([]));
  });

  it('asks for the list after a reconnect of a watched page: tasks may have come meanwhile', async () => {
    const { load, sockets, server, setWatched } = start([taskData({ id: 'a', ...done(3) })]);
    await load();
    setWatched(true);
    await vi.dynamicImportSettled();
    await pass(0);
    sockets.last().drop();
    await pass(2);
    await (await server.next('Feed')).answer(feedData([]));
  });

  it('knows that the server is away where neither socket nor questions have an answer', async () => {
    const { load, sockets, server, live } = start([taskData({ id: 'a' })]);
    await load();
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 2 }) });
    expect(live.isAway()).toBe(false);
    sockets.accepts = false;
    sockets.last().drop();
    await pass(5);
    const first = await server.next('TaskState');
    expect(live.isAway()).toBe(false);
    await first.drop();
    await pass(0);
    expect(live.isAway()).toBe(true);
    await pass(5);
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 3 }) });
    await pass(0);
    expect(live.isAway()).toBe(false);
    await pass(5);
    // This one hangs.
    await server.next('TaskState');
    await pass(3);
    expect(live.isAway()).toBe(true);
    sockets.accepts = true;
    // Longer than the longest wait between two attempts.
    await pass(40);
    expect(live.isAway()).toBe(false);
  });

  it('opens the socket while a request is being sent', async () => {
    const { load, sockets, setSending } = start([]);
    await load();
    setSending(true);
    await vi.dynamicImportSettled();
    await pass(0);
    expect(sockets.last().operations.size).toBe(1);
  });

  it('shows live events, reports the end once, and unsubscribes', async () => {
    const { load, sockets, feed, ended } = start([taskData({ id: 'a' })]);
    await load();
    sockets.last().publish({ taskUpdated: taskData({ id: 'a', version: 2, progress: progressData(40) }) });
    await pass(0);
    expect(feed.task('a')?.progress.percent).toBe(40);
    expect(ended).toEqual([]);
    sockets.last().publish({ taskUpdated: taskData({ id: 'a', ...done(3) }) });
    await pass(0);
    expect(feed.task('a')?.images).toHaveLength(1);
    expect(ended).toEqual(['a']);
    expect(sockets.last().operations.size).toBe(0);
  });

  it('polls every five seconds while the socket is lost', async () => {
    const { load, sockets, server, feed, ended } = start([taskData({ id: 'a' })]);
    await load();
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 2 }) });
    sockets.accepts = false;
    sockets.last().drop();
    await pass(5);
    await (
      await server.next('TaskState')
    ).answer({
      task: taskData({ id: 'a', version: 3, progress: progressData(70) }),
    });
    expect(feed.task('a')?.progress.percent).toBe(70);
    await pass(5);
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', ...done(4) }) });
    await pass(0);
    expect(feed.task('a')?.status).toBe('SUCCESS');
    expect(ended).toEqual(['a']);
  });

  it('stops polling once events are back', async () => {
    const { load, sockets, server, polls } = start([taskData({ id: 'a' })]);
    await load();
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 2 }) });
    const before = polls();
    for (let version = 3; version < 8; version++) {
      await pass(4);
      sockets.last().publish({ taskUpdated: taskData({ id: 'a', version }) });
    }
    await pass(4);
    expect(polls()).toBe(before);
  });

  it('polls at once after a reconnection: events may have been missed', async () => {
    const { load, sockets, server, polls } = start([taskData({ id: 'a' })]);
    await load();
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 2 }) });
    const before = polls();
    sockets.last().drop();
    await pass(2);
    expect(sockets.all).toHaveLength(2);
    expect(polls()).toBe(before + 1);
  });

  it('reports a task as lost after its deadline, until an event of it', async () => {
    const { load, sockets, server, live, arrived } = start([taskData({ id: 'a' })]);
    await load();
    const stalled = async () => {
      const request = await server.next('TaskState');
      await request.answer({ task: taskData({ id: 'a', version: 2 }) });
      void stalled();
    };
    void stalled();
    await pass(180);
    expect(live.isLost('a')).toBe(false);
    await pass(11);
    expect(live.isLost('a')).toBe(true);
    sockets.last().publish({ taskUpdated: taskData({ id: 'a', version: 3 }) });
    await pass(0);
    expect(live.isLost('a')).toBe(false);
    expect(arrived).toEqual([]);
    sockets.last().publish({ taskUpdated: taskData({ id: 'a', ...done(4) }) });
    await pass(0);
    expect(arrived).toEqual(['a']);
  });

  it('follows a given-up task again once the server says that it is unfinished', async () => {
    const { live, load, server, arrived } = start([taskData({ id: 'a' })]);
    await load();
    const stalled = async () => {
      const request = await server.next('TaskState');
      await request.answer({ task: taskData({ id: 'a', version: 2 }) });
      if (!live.isLost('a')) void stalled();
    };
    void stalled();
    await pass(195);
    expect(live.isLost('a')).toBe(true);
    const asked = live.refresh('a');
    await (await server.next('TaskState')).answer({ task: taskData({ id: 'a', version: 2 }) });
    await asked;
    expect(live.isLost('a')).toBe(false);
    const polled = server.next('TaskState');
    await pass(5);
    await (await polled).answer({ task: taskData({ id: 'a', ...done(3) }) });
    expect(arrived).toEqual(['a']);
  });
});
