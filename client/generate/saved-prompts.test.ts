import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSavedPrompts } from './saved-prompts.ts';

beforeEach(() => localStorage.clear());

const open = (userId = 'u1') => createRoot(() => createSavedPrompts(localStorage, userId));

describe('saved prompts', () => {
  it('are there again, newest first, each once, for their user alone', () => {
    const saved = open();
    expect(saved.save('A kite')).toBe(true);
    saved.save(' A fox ');
    saved.save('A kite');
    expect(open().prompts()).toEqual(['A kite', 'A fox']);
    expect(open('u2').prompts()).toEqual([]);
  });

  it('can be taken back after they were removed', () => {
    const saved = open();
    saved.save('A kite');
    const undo = saved.remove('A kite');
    expect(open().prompts()).toEqual([]);
    undo();
    expect(saved.prompts()).toEqual(['A kite']);
  });

  it('follow the other tabs of the browser', () => {
    const [one, other] = [open(), open()];
    other.save('A kite');
    window.dispatchEvent(new StorageEvent('storage', { key: 'proofsheet.prompts.u1' }));
    expect(one.prompts()).toEqual(['A kite']);
  });

  it('say so where the browser stores nothing, and survive what is not theirs', () => {
    const full = {
      getItem: () => '{"a":1}',
      setItem: () => {
        throw new Error('full');
      },
    };
    const saved = createRoot(() => createSavedPrompts(full as unknown as Storage, 'u1'));
    expect(saved.prompts()).toEqual([]);
    expect(saved.save('A kite')).toBe(false);
    expect(saved.prompts()).toEqual([]);
  });
});
