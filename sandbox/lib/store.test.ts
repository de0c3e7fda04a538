import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecords, openStore } from './store.ts';

interface Value {
  text: string;
  createdAt: number;
}

const start = 1_000_000;

/** Opens stores on one folder, one after the other, at a clock that the test sets. */
async function makeStores() {
  const folder = await mkdtemp(path.join(tmpdir(), 'store-'));
  const clock = { now: start };
  const logged: string[] = [];
  const open = ({ maxBytes = 10, at = folder as string | undefined } = {}) => {
    const records = openRecords({ folder: at, log: (message) => logged.push(message) });
    const store = openStore<Value>({
      name: 'values',
      records,
      lifetimeMs: 1000,
      maxBytes,
      sizeOf: ({ text }) => text.length,
      now: () => clock.now,
      encode: (value) => ({ content: { ...value } }),
      decode: ({ content }) => ((content as Value).text === 'unknown' ? undefined : (content as Value)),
    });
    return {
      ...store,
      add: (key: string, text: string, createdAt = clock.now) => store.add(key, { text, createdAt }),
      texts: () => store.values().map(({ text }) => text),
      /** What is kept on disk. */
      kept: () => records.read('values').map(({ key }) => key),
      records,
      close: records.close,
    };
  };
  return { folder, clock, logged, open, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe('a store', () => {
  it('forgets a value at the end of its life, not before', async () => {
    await using test = await makeStores();
    const store = test.open();
    store.add('a', 'first');
    test.clock.now += 999;
    expect(store.get('a')?.text).toBe('first');
    test.clock.now += 1;
    expect(store.get('a')).toBeUndefined();
    expect(store.values()).toEqual([]);
    store.close();
  });

  it('makes room by dropping the oldest, also where it was just read', async () => {
    await using test = await makeStores();
    const store = test.open();
    store.add('a', 'aaaa');
    store.add('b', 'bbbb');
    store.get('a');
    store.add('c', 'cccc');
    expect(store.texts()).toEqual(['bbbb', 'cccc']);
    expect(store.kept()).toEqual(['b', 'c']);
    store.close();
  });

  it('keeps the newest even where it alone is too large', async () => {
    await using test = await makeStores();
    const store = test.open();
    store.add('a', 'aaaa');
    store.add('b', 'b'.repeat(20));
    expect(store.texts()).toEqual(['b'.repeat(20)]);
    store.close();
  });

  it('counts what was deleted or replaced no longer', async () => {
    await using test = await makeStores();
    const store = test.open();
    store.add('a', 'aaaaaaaa');
    expect(store.delete('a')).toBe(true);
    expect(store.delete('a')).toBe(false);
    store.add('b', 'bbbb');
    store.add('b', 'BBBB');
    store.add('c', 'cccccc');
    expect(store.texts()).toEqual(['BBBB', 'cccccc']);
    store.close();
  });

  it('removes from disk whatever leaves it', async () => {
    await using test = await makeStores();
    const store = test.open();
    store.add('a', 'aaaa');
    store.add('b', 'bbbb');
    store.delete('a');
    expect(store.kept()).toEqual(['b']);
    test.clock.now += 1000;
    store.sweep();
    expect(store.kept()).toEqual([]);
    store.close();
  });
});

describe('a store that is opened again', () => {
  it('holds what it held, oldest first, for the rest of its life', async () => {
    await using test = await makeStores();
    const before = test.open();
    // The names are in another order than the times.
    before.add('b', 'old');
    before.add('a', 'new', start + 500);
    before.close();

    test.clock.now = start + 999;
    const store = test.open();
    expect(store.texts()).toEqual(['old', 'new']);
    test.clock.now = start + 1000;
    expect(store.get('b')).toBeUndefined();
    store.sweep();
    expect(store.kept()).toEqual(['a']);
    store.close();
  });

  it('drops what has expired, is too much or cannot be understood, and removes it', async () => {
    await using test = await makeStores();
    const before = test.open({ maxBytes: 100 });
    before.add('expired', 'x');
    before.add('unknown', 'unknown', start + 300);
    before.add('first', 'xxxxxx', start + 400);
    before.add('second', 'xxxxxx', start + 500);
    before.close();

    test.clock.now = start + 1200;
    const store = test.open();
    expect(store.values()).toEqual([{ text: 'xxxxxx', createdAt: start + 500 }]);
    expect(store.kept()).toEqual(['second']);
    store.close();
  });

  it('holds a change that was saved', async () => {
    await using test = await makeStores();
    const before = test.open();
    before.add('a', 'before');
    before.get('a')!.text = 'after';
    before.save('a');
    before.close();
    const store = test.open();
    expect(store.get('a')?.text).toBe('after');
    store.delete('a');
    store.save('a');
    expect(store.kept()).toEqual([]);
    store.close();
  });
});

describe('the records', () => {
  it('hold bytes, and tell stores apart', async () => {
    await using test = await makeStores();
    const { records } = test.open();
    records.write('one', 'a', 1, { content: { colour: 'red' }, bytes: Buffer.from('pixels') });
    records.write('other', 'a', 1, { content: {} });
    expect(records.read('one')).toEqual([
      { key: 'a', content: { colour: 'red' }, bytes: Buffer.from('pixels') },
    ]);
    records.remove('other', 'a');
    expect(records.read('one')).toHaveLength(1);
    expect(test.logged).toEqual([]);
    records.close();
  });

  it('are kept nowhere without a folder, and the store works all the same', async () => {
    await using test = await makeStores();
    const store = test.open({ at: path.join(import.meta.filename, 'below') });
    store.add('a', 'aaaa');
    store.add('b', 'bbbb');
    expect(store.texts()).toEqual(['aaaa', 'bbbb']);
    expect(store.kept()).toEqual([]);
    expect(test.logged).toHaveLength(1);
  });
});
