import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMarks } from './favorites.ts';

function start(storage: Storage | undefined = localStorage) {
  const [viewerId, setViewerId] = createSignal<string | undefined>('viewer-1');
  const marks = createRoot((dispose) => {
    onTestFinished(dispose);
    return createMarks(storage, viewerId);
  });
  return { marks, setViewerId };
}

describe('marks', () => {
  beforeEach(() => localStorage.clear());

  it('are put, taken away and remembered', () => {
    const { marks } = start();
    marks.toggle('a');
    marks.set(['b', 'c'], true);
    marks.toggle('c');
    expect(['a', 'b', 'c'].map(marks.has)).toEqual([true, true, false]);
    const again = start().marks;
    expect(['a', 'b', 'c'].map(again.has)).toEqual([true, true, false]);
  });

  it('belong to one person', () => {
    const { marks, setViewerId } = start();
    marks.toggle('a');
    setViewerId('viewer-2');
    expect(marks.has('a')).toBe(false);
    setViewerId(undefined);
    marks.toggle('a');
    expect(marks.has('a')).toBe(false);
    setViewerId('viewer-1');
    expect(marks.has('a')).toBe(true);
  });

  it('follow what another tab does', () => {
    const { marks } = start();
    const key = 'proofsheet.marks.viewer-1';
    localStorage.setItem(key, '["a"]');
    window.dispatchEvent(new StorageEvent('storage', { key }));
    expect(marks.has('a')).toBe(true);
  });

  it('work for as long as the page where there is no storage, and start empty where it is damaged', () => {
    const full: Storage = {
      ...localStorage,
      getItem: () => '{broken',
      setItem: () => {
        throw new Error('full');
      },
    };
    const { marks } = start(full);
    expect(marks.has('a')).toBe(false);
    marks.toggle('a');
    expect(marks.has('a')).toBe(true);
  });
});
