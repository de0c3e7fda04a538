import { expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

const { signal } = new AbortController();
const settled = async (work: Promise<void>) =>
  Promise.race([work.then(() => true), new Promise<false>((no) => setImmediate(() => no(false)))]);

it('lets a share wait until there is room, in the order of asking', async () => {
  const budget = createByteBudget(100);
  const [first, wide, narrow] = [budget.open(), budget.open(), budget.open()];
  await first.resize(60, { signal });
  const waiting = [wide.resize(80, { signal }), narrow.resize(10, { signal })];
  expect(await settled(waiting[0]!)).toBe(false);
  expect(await settled(waiting[1]!)).toBe(false);
  first.release();
  await Promise.all(waiting);
});

it('gives back what a share does not use', async () => {
  const budget = createByteBudget(100);
  const [first, second] = [budget.open(), budget.open()];
  await first.resize(100, { signal });
  const waiting = second.resize(70, { signal });
  expect(await settled(waiting)).toBe(false);
  await first.resize(30, { signal });
  await waiting;
});

it('holds nothing for a share that waits to grow', async () => {
  const budget = createByteBudget(100);
  const [one, other] = [budget.open(), budget.open()];
  await Promise.all([one.resize(50, { signal }), other.resize(50, { signal })]);
  const growing = [one.resize(80, { signal }), other.resize(80, { signal })];
  await growing[0];
  one.release();
  await growing[1];
});

it('counts a size above the budget as the whole of it', async () => {
  const budget = createByteBudget(100);
  const [huge, small] = [budget.open(), budget.open()];
  await huge.resize(1e9, { signal });
  const waiting = small.resize(1, { signal });
  expect(await settled(waiting)).toBe(false);
  huge.release();
  await waiting;
});

it('takes a share that aborts out of the queue', async () => {
  const budget = createByteBudget(100);
  const abort = new AbortController();
  const [first, second, third] = [budget.open(), budget.open(), budget.open()];
  await first.resize(60, { signal });
  const second$ = second.resize(80, { signal: abort.signal });
  const third$ = third.resize(40, { signal });
  expect(await settled(third$)).toBe(false);
  abort.abort(new Error('left'));
  await expect(second$).rejects.toThrow('left');
  await third$;
  await expect(second.resize(1, { signal: abort.signal })).rejects.toThrow('left');
  second.release();
});
