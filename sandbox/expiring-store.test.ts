import { describe, expect, it } from 'vitest';
import { createExpiringStore } from './expiring-store.ts';

function createStore() {
  const clock = { now: 0 };
  const removed: string[] = [];
  const store = createExpiringStore<string>({
    lifetimeMs: 1000,
    maxBytes: 10,
    sizeOf: (value) => value.length,
    now: () => clock.now,
    onRemove: (key) => removed.push(key),
  });
  return { clock, removed, store };
}

describe('an expiring store', () => {
  it('forgets a value at the end of its life, not before', () => {
    const { clock, store } = createStore();
    store.add('a', 'first');
    clock.now = 999;
    expect(store.get('a')).toBe('first');
    clock.now = 1000;
    expect(store.get('a')).toBeUndefined();
    expect(store.values()).toEqual([]);
  });

  it('makes room by dropping the oldest', () => {
    const { store } = createStore();
    store.add('a', 'aaaa');
    store.add('b', 'bbbb');
    store.add('c', 'cccc');
    expect(store.values()).toEqual(['bbbb', 'cccc']);
  });

  it('keeps the newest even where it alone is too large', () => {
    const { store } = createStore();
    store.add('a', 'aaaa');
    store.add('b', 'b'.repeat(20));
    expect(store.values()).toEqual(['b'.repeat(20)]);
  });

  it('counts what was deleted or replaced no longer', () => {
    const { store } = createStore();
    store.add('a', 'aaaaaaaa');
    expect(store.delete('a')).toBe(true);
    expect(store.delete('a')).toBe(false);
    store.add('b', 'bbbb');
    store.add('b', 'BBBB');
    store.add('c', 'cccccc');
    expect(store.values()).toEqual(['BBBB', 'cccccc']);
  });

  it('counts the life of a value from when it is said to have been added', () => {
    const { clock, store } = createStore();
    clock.now = 900;
    store.add('a', 'first', 500);
    clock.now = 1499;
    expect(store.get('a')).toBe('first');
    clock.now = 1500;
    expect(store.get('a')).toBeUndefined();
  });

  it('tells of each value that leaves, and not of one that is replaced', () => {
    const { clock, removed, store } = createStore();
    store.add('a', 'aaaa');
    store.add('a', 'AAAA');
    store.add('b', 'bbbb');
    expect(removed).toEqual([]);
    store.add('c', 'cccc');
    store.delete('b');
    store.delete('b');
    clock.now = 1000;
    store.sweep();
    expect(removed).toEqual(['a', 'b', 'c']);
  });
});
