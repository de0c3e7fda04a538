import { expect, it, vi } from 'vitest';
import { every } from './every.ts';

// Turns red where the jobs share one catch: the first failure then ends the run.
it('runs the jobs after one that failed, names that one in the log, and runs all again', async () => {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const done: string[] = [];
  const error = new Error('away');
  const jobs = {
    first: () => Promise.reject(error),
    second: async () => done.push('second'),
    third: async () => done.push('third'),
  };
  const housekeeping = every(1, jobs, log);
  await expect.poll(() => done.length).toBeGreaterThan(2);
  await housekeeping.stop();
  expect(done.slice(0, 3)).toEqual(['second', 'third', 'second']);
  expect(log.error).toHaveBeenCalledWith({ error, job: 'first' }, 'housekeeping failed');
});
