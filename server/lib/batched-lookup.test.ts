import { describe, expect, it } from 'vitest';
import { createBatchedLookup } from './batched-lookup.ts';

/** A look that answers each key with its capital when the test says so. */
function createSlowLook() {
  const looks: { keys: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const look = (keys: string[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, string>>();
    const known = keys.filter((key) => key !== 'unknown');
    looks.push({
      keys,
      answer: () => resolve(new Map(known.map((key) => [key, key.toUpperCase()]))),
      fail: reject,
    });
    return promise;
  };
  return { look, looks };
}

describe('a batched lookup', () => {
  it('asks at once for one, and together for those that come meanwhile', async () => {
    const { look, looks } = createSlowLook();
    const find = createBatchedLookup(look);
    const first = find('a');
    await expect.poll(() => looks.length).toBe(1);
    const others = ['b', 'c', 'b', 'unknown'].map(find);
    looks[0]!.answer();
    expect(await first).toBe('A');
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!.answer();
    expect(await Promise.all(others)).toEqual(['B', 'C', 'B', null]);
    expect(looks.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'unknown']]);
  });

  it('remembers nothing, so that an answer is never older than its question', async () => {
    const { look, looks } = createSlowLook();
    const find = createBatchedLookup(look);
    const early = find('a');
    await expect.poll(() => looks.length).toBe(1);
    const late = find('a');
    looks[0]!.answer();
    await early;
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!.answer();
    expect(await late).toBe('A');
  });

  it('fails the keys of a failed look, and none after it', async () => {
    const { look, looks } = createSlowLook();
    const find = createBatchedLookup(look);
    const failing = find('a');
    await expect.poll(() => looks.length).toBe(1);
    const next = find('b');
    looks[0]!.fail(new Error('The database is away'));
    await expect(failing).rejects.toThrow('The database is away');
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!.answer();
    expect(await next).toBe('B');
  });

  it('waits for no look that hangs', async () => {
    const { look, looks } = createSlowLook();
    const find = createBatchedLookup(look);
    const hanging = find('a');
    await expect.poll(() => looks.length).toBe(1);
    const next = find('b');
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!.answer();
    expect(await next).toBe('B');
    looks[0]!.answer();
    expect(await hanging).toBe('A');
  });

  it('answers a key that no database accepts without a look', async () => {
    const { look, looks } = createSlowLook();
    const find = createBatchedLookup(look);
    expect(await Promise.all(['a\0', '\ud800'].map(find))).toEqual([null, null]);
    expect(looks).toEqual([]);
  });
});
