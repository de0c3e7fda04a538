import { expect, it } from 'vitest';
import { createPerKeySemaphore } from './per-key-limits.ts';

it('runs as many works of a key as are permitted, and those of another key beside them', async () => {
  const limit = createPerKeySemaphore(2);
  const started: string[] = [];
  const gate = Promise.withResolvers<void>();
  const start = (key: string, name: string) =>
    limit.run(key, async () => {
      started.push(name);
      await gate.promise;
      return name;
    });
  const works = [start('a', 'a1'), start('a', 'a2'), start('a', 'a3'), start('b', 'b1')];
  await new Promise(setImmediate);
  expect(started).toEqual(['a1', 'a2', 'b1']);
  gate.resolve();
  expect(await Promise.all(works)).toEqual(['a1', 'a2', 'a3', 'b1']);
});

it('goes on after a work that failed', async () => {
  const limit = createPerKeySemaphore(1);
  await expect(limit.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await limit.run('a', async () => 'done')).toBe('done');
});
