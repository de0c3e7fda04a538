import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRenewal } from './renewal.ts';

const leaseMs = 15_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Leases of these tasks, renewed by `answer`. */
function hold(taskIds: string[], answer: (ids: string[]) => Promise<string[]>) {
  const statements: string[][] = [];
  const verified: string[] = [];
  const held = taskIds.map((taskId) => ({
    taskId,
    verify: async () => void verified.push(taskId),
  }));
  const renewLeases = (_: string, ids: string[]) => {
    statements.push(ids);
    return answer(ids);
  };
  const { start } = createRenewal({ store: { renewLeases }, held: () => held, node: 'a', leaseMs });
  return { start, held, statements, verified };
}

it('renews all leases in one statement, however many steps begin, also during a renewal', async () => {
  const { start, statements, verified } = hold(['1', '2', '3'], async (ids) => {
    start();
    return ids;
  });
  for (let steps = 0; steps < 3; steps += 1) start();
  await vi.advanceTimersByTimeAsync(leaseMs - 1);
  expect(statements).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ]);
  expect(verified).toEqual([]);
});

it('looks at a task whose lease was not renewed', async () => {
  const { start, verified } = hold(['1', '2'], async () => ['1']);
  start();
  await vi.advanceTimersByTimeAsync(leaseMs / 3);
  expect(verified).toEqual(['2']);
});

it('renews the others in time while it looks at one', async () => {
  const { start, held, statements } = hold(['1', '2'], async () => ['1']);
  held[1]!.verify = () => new Promise(() => {});
  start();
  await vi.advanceTimersByTimeAsync(leaseMs - 1);
  expect(statements).toHaveLength(2);
});

it('repeats a failed renewal before the leases expire', async () => {
  const answers = [() => Promise.reject(new Error('away')), async (ids: string[]) => ids];
  const { start, statements } = hold(['1'], (ids) => answers[statements.length - 1]!(ids));
  start();
  await vi.advanceTimersByTimeAsync(leaseMs / 3 + leaseMs / 15);
  expect(statements).toHaveLength(2);
});

it('ends with the last lease, and begins again with the next', async () => {
  const { start, held, statements } = hold(['1'], async (ids) => ids);
  start();
  const [lease] = held.splice(0);
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  expect([statements.length, vi.getTimerCount()]).toEqual([0, 0]);
  held.push(lease!);
  start();
  await vi.advanceTimersByTimeAsync(leaseMs / 3);
  expect(statements).toEqual([['1']]);
});
