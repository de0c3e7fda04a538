import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSemaphore } from './semaphore.ts';

/** Work that is under way until its `finish` is called, and that writes its name down when it starts. */
function createWork(name: string, started: string[]) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = () => {
    started.push(name);
    return promise;
  };
  return { work, finish: () => resolve(name) };
}

describe('a semaphore', () => {
  it('starts no more work than it has permits, in the order of asking', async () => {
    const started: string[] = [];
    const semaphore = createSemaphore(2);
    const works = ['a', 'b', 'c', 'd'].map((name) => createWork(name, started));
    const results = works.map(({ work }) => semaphore.run(work));
    await setImmediate();
    expect(started).toEqual(['a', 'b']);

    works[1]?.finish();
    await results[1];
    await setImmediate();
    expect(started).toEqual(['a', 'b', 'c']);

    for (const { finish } of works) finish();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives the permits back when the work fails', async () => {
    const semaphore = createSemaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(
      semaphore.run(() => {
        throw new Error('broken at once');
      }),
    ).rejects.toThrow('broken at once');
    expect(await semaphore.run(() => Promise.resolve('fine'))).toBe('fine');
  });

  it('lets wide work wait for all it needs, and nothing overtake it', async () => {
    const started: string[] = [];
    const semaphore = createSemaphore(2);
    const first = createWork('first', started);
    const wide = createWork('wide', started);
    const last = createWork('last', started);
    const results = [
      semaphore.run(first.work),
      semaphore.run(wide.work, { permits: 5 }),
      semaphore.run(last.work),
    ];
    await setImmediate();
    expect(started).toEqual(['first']);

    first.finish();
    await results[0];
    await setImmediate();
    expect(started).toEqual(['first', 'wide']);

    wide.finish();
    last.finish();
    await Promise.all(results);
    expect(started).toEqual(['first', 'wide', 'last']);
  });

  it('is not made without a permit', () => {
    expect(() => createSemaphore(0)).toThrow(RangeError);
  });
});
