import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Task } from '../api/task.ts';
import type { Viewer } from '../auth/session.ts';
import { createFakeCaches } from '../testing/fake-caches.ts';
import { imageData, taskData } from '../testing/tasks.ts';
import { keepLastFeed } from './keep-last-feed.ts';
import { createLastFeedStore } from './last-feed-store.ts';

const viewer = (id: string) => ({ id, name: 'A', email: 'a@example.com', credits: 1 }) as Viewer;
const own = (id: string) => ({ ...imageData(id), thumbnailUrl: `${location.origin}/files/${id}` });
const done = (id: string, ...images: Task['images']) => taskData({ id, status: 'SUCCESS', images });

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** The parts of one browser: what is kept outlives a page. */
function browser() {
  const fetched: string[] = [];
  const fetchPicture = vi.fn(async (url: string) => {
    fetched.push(url);
    return new Response(`picture at ${url}`);
  });
  const caches = createFakeCaches();
  const store = () => createLastFeedStore({ caches, fetch: fetchPicture as unknown as typeof fetch });
  return { caches, fetched, fetchPicture, store };
}

/** A page of a user, null for a visitor; with what is kept afterwards. */
function open(parts: ReturnType<typeof browser>, first: Viewer | null, tasks: readonly Task[]) {
  const store = parts.store();
  const page = createRoot((dispose) => {
    const [user, setUser] = createSignal<Viewer | null | undefined>(first);
    const [shown, setShown] = createSignal(tasks);
    keepLastFeed({
      session: { viewer: user, viewerId: () => user()?.id },
      feed: { status: () => 'ready', tasks: shown, codeOf: (id) => id },
      store,
    });
    return { setUser, setShown, dispose };
  });
  onTestFinished(page.dispose);
  const settle = () => vi.advanceTimersByTimeAsync(5_000);
  return { ...page, store, settle };
}

describe('the last feed', () => {
  it('is kept with its pictures, newest first, without what has none yet or is at another site', async () => {
    const parts = browser();
    const tasks = [taskData({ id: '3' }), done('2', own('a'), own('b')), done('1', imageData('elsewhere'))];
    const { store, settle } = open(parts, viewer('user-1'), tasks);
    await settle();
    const kept = await store.read();
    expect(kept?.userId).toBe('user-1');
    expect(kept?.tasks.map(({ code, images }) => [code, images.map((image) => image.code)])).toEqual([
      ['2', ['2', '2A']],
      ['1', ['1']],
    ]);
    expect(await (await store.picture('b'))?.text()).toBe(`picture at ${location.origin}/files/b`);
    expect(await store.picture('elsewhere')).toBeUndefined();
    expect(parts.fetched).toHaveLength(2);
  });

  it('follows the feed: what was deleted goes, and no picture is fetched twice', async () => {
    const parts = browser();
    const { store, settle, setShown } = open(parts, viewer('user-1'), [
      done('1', own('a')),
      done('0', own('z')),
    ]);
    await settle();
    setShown([done('2', own('b')), done('1', own('a'))]);
    await settle();
    expect((await store.read())?.tasks.map(({ id }) => id)).toEqual(['2', '1']);
    expect(await store.picture('z')).toBeUndefined();
    expect(parts.fetched).toHaveLength(3);
  });

  it.each(['the page of the user ends', 'the session ends'])('is gone once %s', async (how) => {
    const parts = browser();
    const { store, settle, setUser, dispose } = open(parts, viewer('user-1'), [done('1', own('a'))]);
    await settle();
    if (how === 'the session ends') setUser(null);
    else dispose();
    await settle();
    expect(await parts.caches.keys()).toEqual([]);
    expect(await store.read()).toBeUndefined();
  });

  it('is not kept by a write that a sign-out has overtaken', async () => {
    const parts = browser();
    const held = Promise.withResolvers<void>();
    parts.fetchPicture.mockImplementation(async () => {
      await held.promise;
      return new Response('picture');
    });
    const { store, settle, setShown, dispose } = open(parts, viewer('user-1'), [done('1', own('a'))]);
    await settle();
    setShown([done('2', own('b'))]);
    await settle();
    dispose();
    held.resolve();
    await settle();
    expect(await store.read()).toBeUndefined();
    expect(await store.picture('a')).toBeUndefined();
  });

  it('of another user is gone once somebody else has signed in', async () => {
    const parts = browser();
    const before = open(parts, viewer('user-1'), [done('1', own('a'))]);
    await before.settle();
    // Another browser session of the same profile, whose first page knows nothing of a sign-out.
    const { store } = open(parts, viewer('user-2'), []);
    // Long before the feed of the new user is kept in its place.
    await vi.advanceTimersByTimeAsync(100);
    expect(await store.read()).toBeUndefined();
    expect(await store.picture('a')).toBeUndefined();
  });
});
