import { expect, it } from 'vitest';
import { createRounds } from './rounds.ts';

const never = new AbortController().signal;

it('begins one round in a while, for all that wait', async () => {
  const nextRound = createRounds(200);
  const startedAtMs = performance.now();
  const sinceStart = () => performance.now() - startedAtMs;
  await nextRound(never);
  expect(sinceStart()).toBeLessThan(100);
  const ends = await Promise.all([1, 2, 3].map(() => nextRound(never).then(sinceStart)));
  expect(Math.min(...ends)).toBeGreaterThan(190);
  expect(Math.max(...ends)).toBeLessThan(390);
});

it('does not keep what is superseded', async () => {
  const nextRound = createRounds(600_000);
  await nextRound(never);
  const superseded = new AbortController();
  const waiting = nextRound(superseded.signal);
  superseded.abort();
  await waiting;
});
