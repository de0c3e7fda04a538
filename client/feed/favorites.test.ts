import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { TabMessage } from '../api/cross-tab-sync.ts';
import { createHistory } from '../history/history.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { feedData, imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createFavorites } from './favorites.ts';

const marked = (id: string, favorite: boolean) => ({
  __typename: 'Mutation',
  setImageFavorite: {
    __typename: 'SetImageFavoritePayload',
    image: { __typename: 'Image', id, favorite },
  },
});

const image = { id: 'a', favorite: false };

/** Favorites of this tab. `messages` are those to the other tabs. */
function start(viewer?: string) {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  const messages: TabMessage[] = [];
  const tabs = { broadcast: (message: TabMessage) => void messages.push(message) };
  const { favorites, leave } = createRoot((dispose) => {
    onTestFinished(dispose);
    const viewerId = () => viewer;
    return {
      favorites: createFavorites({ client, toasts, tabs, storage: localStorage, viewerId }),
      leave: dispose,
    };
  });
  const requests = () => server.log.filter((name) => name === 'SetImageFavorite').length;
  return { server, client, toasts, messages, favorites, requests, leave };
}

describe('a mark', () => {
  it('shows at once, is stored, and is told to the other tabs', async () => {
    const { server, favorites, toasts, messages } = start();
    favorites.toggle(image);
    expect(favorites.has(image)).toBe(true);
    const request = await server.next('SetImageFavorite');
    expect(request.variables).toEqual({ id: 'a', favorite: true });
    expect(messages).toEqual([]);
    await request.answer(marked('a', true));
    expect(favorites.has(image)).toBe(true);
    expect(messages).toEqual([{ kind: 'mark', id: 'a', favorite: true }]);
    expect(toasts.list()).toEqual([]);
    const other = start().favorites;
    other.learn('a', true);
    expect(other.has(image)).toBe(true);
  });

  it('is taken back where it was not stored, and offered again', async () => {
    const { server, favorites, toasts, messages } = start();
    favorites.toggle(image);
    await (await server.next('SetImageFavorite')).drop();
    await settled();
    expect(favorites.has(image)).toBe(false);
    const [toast] = toasts.list();
    toast!.action!.run();
    expect(toasts.list()).toEqual([]);
    expect(favorites.has(image)).toBe(true);
    await (await server.next('SetImageFavorite')).answer(marked('a', true));
    expect(favorites.has(image)).toBe(true);
    favorites.toggle(image);
    await (await server.next('SetImageFavorite')).drop();
    await settled();
    // As it was stored last, though the task still has the answer of before.
    expect(favorites.has(image)).toBe(true);
    expect(messages).toHaveLength(1);
  });

  it('of an image that is gone is not offered again', async () => {
    const { server, favorites, toasts } = start();
    favorites.toggle(image);
    await (await server.next('SetImageFavorite')).refuse('NOT_FOUND');
    await settled();
    expect(favorites.has(image)).toBe(false);
    expect(toasts.list().map(({ action }) => action)).toEqual([undefined]);
  });

  it('is what was wished last, however fast the presses are', async () => {
    const { server, favorites, requests } = start();
    const seen = [];
    for (let press = 0; press < 4; press += 1) {
      favorites.toggle(image);
      seen.push(favorites.has(image));
    }
    expect(seen).toEqual([true, false, true, false]);
    const first = await server.next('SetImageFavorite');
    await settled();
    expect(requests()).toBe(1);
    await first.answer(marked('a', true));
    const second = await server.next('SetImageFavorite');
    expect(second.variables).toEqual({ id: 'a', favorite: false });
    await second.answer(marked('a', false));
    expect(favorites.has(image)).toBe(false);
    expect(requests()).toBe(2);
  });

  it('is sent only for images that it changes', async () => {
    const { server, favorites, requests } = start();
    favorites.set([image, { id: 'b', favorite: true }], true);
    expect((await server.next('SetImageFavorite')).variables).toEqual({ id: 'a', favorite: true });
    await settled();
    expect(requests()).toBe(1);
  });
});

it.each([
  [{ favorite: true }, 2],
  [{ scene: 'TEXT_TO_IMAGE' }, 1],
] as const)('makes a list under the filter %j be asked for %i time(s)', async (filter, times) => {
  const { server, client, favorites } = start();
  const loaded = () => server.log.filter((name) => name === 'History').length;
  createRoot((dispose) => {
    onTestFinished(dispose);
    return createHistory({ client, filter: () => filter, viewerId: () => 'viewer-1', changes: () => 0 });
  });
  const task = taskData({ id: 't', status: 'SUCCESS', images: [imageData('a')] });
  await (await server.next('History')).answer(feedData([task]));
  await settled();
  favorites.toggle(image);
  const request = await server.next('SetImageFavorite');
  expect(loaded()).toBe(1);
  await request.answer(marked('a', true));
  await settled();
  expect(loaded()).toBe(times);
});

describe('marks that this browser kept', () => {
  const key = 'proofsheet.marks.viewer-1';
  beforeEach(() => localStorage.clear());
  const stored = () => localStorage.getItem(key);

  it('move to the account once, without those of images that are gone', async () => {
    localStorage.setItem(key, '["gone","a"]');
    const { server, favorites } = start('viewer-1');
    await (await server.next('SetImageFavorite')).refuse('NOT_FOUND');
    const second = await server.next('SetImageFavorite');
    expect(second.variables).toEqual({ id: 'a', favorite: true });
    await second.answer(marked('a', true));
    await expect.poll(stored).toBeNull();
    expect(favorites.has(image)).toBe(true);
    const { requests } = start('viewer-1');
    await settled();
    expect(requests()).toBe(0);
  });

  it('stay for the next visit where the server does not respond', async () => {
    localStorage.setItem(key, '["a","b"]');
    const { server } = start('viewer-1');
    await (await server.next('SetImageFavorite')).answer(marked('a', true));
    await (await server.next('SetImageFavorite')).drop();
    await settled();
    expect(stored()).toBe('["b"]');
  });

  it('stay where the page is no longer that of their user', async () => {
    localStorage.setItem(key, '["a"]');
    const { server, leave } = start('viewer-1');
    const request = await server.next('SetImageFavorite');
    leave();
    await request.refuse('NOT_FOUND');
    await settled();
    expect(stored()).toBe('["a"]');
  });

  it.each(['{broken', '{}', '[1]'])('are none where the storage has %s', async (text) => {
    localStorage.setItem(key, text);
    const { requests } = start('viewer-1');
    await settled();
    expect(requests()).toBe(0);
  });
});
