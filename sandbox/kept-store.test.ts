import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKeptStore } from './kept-store.ts';

interface Value {
  text: string;
  createdAt: number;
}

async function makeFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'kept-'));
  const clock = { now: 0 };
  return {
    folder,
    clock,
    open: (maxBytes = 10) =>
      openKeptStore<Value>({
        keeping: { folder, log: () => {} },
        lifetimeMs: 1000,
        maxBytes,
        sizeOf: ({ text }) => text.length,
        now: () => clock.now,
        encode: (value) => ({ content: { ...value } }),
        decode: ({ content }) => ((content as Value).text === 'unknown' ? undefined : (content as Value)),
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

describe('a kept store', () => {
  it('opens with what it held, oldest first, for the rest of its life', async () => {
    await using test = await makeFolder();
    const store = await test.open();
    // The names are in another order than the times.
    store.add('b', { text: 'old', createdAt: 0 });
    store.add('a', { text: 'new', createdAt: 500 });
    await store.idle();

    test.clock.now = 999;
    const again = await test.open();
    expect(again.values()).toEqual([
      { text: 'old', createdAt: 0 },
      { text: 'new', createdAt: 500 },
    ]);
    test.clock.now = 1000;
    expect(again.get('b')).toBeUndefined();
    await again.idle();
    expect(await readdir(test.folder)).toEqual(['a.json']);
  });

  it('opens without what has expired, is too much or cannot be understood, and removes it', async () => {
    await using test = await makeFolder();
    const store = await test.open(100);
    store.add('expired', { text: 'x', createdAt: 0 });
    store.add('unknown', { text: 'unknown', createdAt: 300 });
    store.add('first', { text: 'xxxxxx', createdAt: 400 });
    store.add('second', { text: 'xxxxxx', createdAt: 500 });
    await store.idle();

    test.clock.now = 1200;
    const again = await test.open(10);
    expect(again.values()).toEqual([{ text: 'xxxxxx', createdAt: 500 }]);
    await again.idle();
    expect(await readdir(test.folder)).toEqual(['second.json']);
  });

  it('keeps a change that was saved, and says when', async () => {
    await using test = await makeFolder();
    const store = await test.open();
    const value = { text: 'before', createdAt: 0 };
    store.add('a', value);
    value.text = 'after';
    store.save('a');
    await store.saved('a');
    expect((await test.open()).get('a')).toEqual({ text: 'after', createdAt: 0 });
    store.delete('a');
    store.save('a');
    await store.saved('a');
    expect(await readdir(test.folder)).toEqual([]);
  });
});
