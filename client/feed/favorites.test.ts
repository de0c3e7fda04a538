import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { TaskFilter } from '../api/generated/graphql.ts';
import { createHistory } from '../history/history.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { feedData, imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createFavorites, moveStoredMarks } from './favorites.ts';

const marked = (id: string, favorite: boolean) => ({
  __typename: 'Mutation',
  setImageFavorite: {
    __typename: 'SetImageFavoritePayload',
    image: { __typename: 'Image', id, favorite },
  },
});

/** A page that lists the image a. `shown` is whether it shows it as a favorite. */
async function start(filter: TaskFilter = {}) {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  const { tasks } = createRoot((dispose) => {
    onTestFinished(dispose);
    return createHistory({ client, filter: () => filter, viewerId: () => 'viewer-1', changes: () => 0 });
  });
  const task = taskData({ id: 't', status: 'SUCCESS', images: [imageData('a')] });
  await (await server.next('History')).answer(feedData([task]));
  await settled();
  return {
    server,
    client,
    toasts,
    favorites: createFavorites({ client, toasts }),
    shown: () => tasks()[0]?.images[0]?.favorite,
  };
}

const image = (favorite: boolean) => ({ id: 'a', favorite });

describe('a mark', () => {
  it('shows at once, and is stored', async () => {
    const { server, favorites, shown, toasts } = await start();
    expect(shown()).toBe(false);
    favorites.toggle(image(false));
    const request = await server.next('SetImageFavorite');
    expect(request.variables).toEqual({ id: 'a', favorite: true });
    expect(shown()).toBe(true);
    await request.answer(marked('a', true));
    expect(shown()).toBe(true);
    expect(toasts.list()).toEqual([]);
  });

  it('is taken back where it was not stored, and offered again', async () => {
    const { server, favorites, shown, toasts } = await start();
    favorites.toggle(image(false));
    await (await server.next('SetImageFavorite')).drop();
    await settled();
    expect(shown()).toBe(false);
    const [toast] = toasts.list();
    toast!.action!.run();
    expect(toasts.list()).toEqual([]);
    await (await server.next('SetImageFavorite')).answer(marked('a', true));
    expect(shown()).toBe(true);
  });

  it('is never overtaken by an earlier one of the same image', async () => {
    const { server, favorites, shown } = await start();
    favorites.toggle(image(false));
    const first = await server.next('SetImageFavorite');
    favorites.toggle(image(true));
    await settled();
    expect(server.log.filter((name) => name === 'SetImageFavorite')).toHaveLength(1);
    await first.answer(marked('a', true));
    const second = await server.next('SetImageFavorite');
    expect(second.variables).toEqual({ id: 'a', favorite: false });
    await second.answer(marked('a', false));
    expect(shown()).toBe(false);
  });

  it('is sent only for images that it changes', async () => {
    const { server, favorites } = await start();
    favorites.set(
      [
        { id: 'a', favorite: false },
        { id: 'b', favorite: true },
      ],
      true,
    );
    expect((await server.next('SetImageFavorite')).variables).toEqual({ id: 'a', favorite: true });
    await settled();
    expect(server.log.filter((name) => name === 'SetImageFavorite')).toHaveLength(1);
  });
});

it.each([
  [{ favorite: true }, 2],
  [{ scene: 'TEXT_TO_IMAGE' }, 1],
] as const)('makes a list under the filter %j be asked for %i time(s)', async (filter, times) => {
  const { server, favorites } = await start(filter);
  favorites.toggle(image(false));
  const request = await server.next('SetImageFavorite');
  expect(server.log.filter((name) => name === 'History')).toHaveLength(1);
  await request.answer(marked('a', true));
  await settled();
  expect(server.log.filter((name) => name === 'History')).toHaveLength(times);
});

describe('marks that this browser kept', () => {
  const key = 'proofsheet.marks.viewer-1';
  beforeEach(() => localStorage.clear());

  it('move to the account once, without those of images that are gone', async () => {
    const { server, client } = await start();
    localStorage.setItem(key, '["gone","a"]');
    const moved = moveStoredMarks(client, localStorage, 'viewer-1');
    await (await server.next('SetImageFavorite')).refuse('NOT_FOUND');
    const second = await server.next('SetImageFavorite');
    expect(second.variables).toEqual({ id: 'a', favorite: true });
    await second.answer(marked('a', true));
    await moved;
    expect(localStorage.getItem(key)).toBeNull();
    await moveStoredMarks(client, localStorage, 'viewer-1');
    expect(server.log.filter((name) => name === 'SetImageFavorite')).toHaveLength(2);
  });

  it('stay for the next visit where the server does not respond', async () => {
    const { server, client } = await start();
    localStorage.setItem(key, '["a","b"]');
    const moved = moveStoredMarks(client, localStorage, 'viewer-1');
    await (await server.next('SetImageFavorite')).answer(marked('a', true));
    await (await server.next('SetImageFavorite')).drop();
    await moved;
    expect(localStorage.getItem(key)).toBe('["b"]');
  });

  it.each(['{broken', '{}', '[1]'])('are none where the storage has %s', async (text) => {
    const { server, client } = await start();
    localStorage.setItem(key, text);
    await moveStoredMarks(client, localStorage, 'viewer-1');
    expect(server.log).not.toContain('SetImageFavorite');
  });
});
