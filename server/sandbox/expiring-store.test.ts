import { describe, expect, it } from 'vitest';
import { createExpiringStore } from './expiring-store.ts';

function createStore() {
  const clock = { now: 0 };
  const store = createExpiringStore<string>({
    lifetimeMs: 1000,
    maxBytes: 10,
    sizeOf: (value) => value.length,
    now: () => clock.now,
  });
  return { clock, store };
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
});
