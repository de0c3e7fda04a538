import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createFavorites } from './favorites.ts';

function start(storage: Storage | undefined = localStorage) {
  const [viewerId, setViewerId] = createSignal<string | undefined>('viewer-1');
  const favorites = createRoot((dispose) => {
    onTestFinished(dispose);
    return createFavorites(storage, viewerId);
  });
  return { favorites, setViewerId };
}

describe('marks', () => {
  beforeEach(() => localStorage.clear());

  it('are put, taken away and remembered', () => {
    const { favorites } = start();
    favorites.toggle('a');
    favorites.set(['b', 'c'], true);
    favorites.toggle('c');
    expect(['a', 'b', 'c'].map(favorites.has)).toEqual([true, true, false]);
    const again = start().favorites;
    expect(['a', 'b', 'c'].map(again.has)).toEqual([true, true, false]);
  });

  it('belong to one person', () => {
    const { favorites, setViewerId } = start();
    favorites.toggle('a');
    setViewerId('viewer-2');
    expect(favorites.has('a')).toBe(false);
    setViewerId(undefined);
    favorites.toggle('a');
    expect(favorites.has('a')).toBe(false);
    setViewerId('viewer-1');
    expect(favorites.has('a')).toBe(true);
  });

  it('follow what another tab does', () => {
    const { favorites } = start();
    const key = 'proofsheet.marks.viewer-1';
    localStorage.setItem(key, '["a"]');
    window.dispatchEvent(new StorageEvent('storage', { key }));
    expect(favorites.has('a')).toBe(true);
  });

  it('work for as long as the page where there is no storage, and start empty where it is damaged', () => {
    const full: Storage = {
      ...localStorage,
      getItem: () => '{broken',
      setItem: () => {
        throw new Error('full');
      },
    };
    const { favorites } = start(full);
    expect(favorites.has('a')).toBe(false);
    favorites.toggle('a');
    expect(favorites.has('a')).toBe(true);
  });
});
