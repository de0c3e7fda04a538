import { expect, it } from 'vitest';
import { createFollowedClock } from './clock.ts';

/** A clock that is far from this machine's, asked over a way of that length. */
function asked(clock: ReturnType<typeof createFollowedClock>, aheadMs: number, wayMs: number, atMs: number) {
  clock.observe(atMs + aheadMs, atMs - wayMs, atMs + wayMs);
}

const aheadMs = 1_000_000;
const heardAheadMs = (clock: ReturnType<typeof createFollowedClock>) => clock.nowMs() - performance.now();

it('tells the time of the clock that it follows, not that of the machine', () => {
  const clock = createFollowedClock();
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1_000);
  asked(clock, aheadMs, 2, performance.now());
  expect(Math.abs(heardAheadMs(clock) - aheadMs)).toBeLessThan(10);
});

it('is not led astray by an answer on a slow and uneven way', () => {
  const clock = createFollowedClock();
  const atMs = performance.now();
  asked(clock, aheadMs, 1, atMs);
  // Answered at once, and received two seconds later.
  clock.observe(atMs + 10 + aheadMs, atMs + 10, atMs + 2_010);
  expect(Math.abs(heardAheadMs(clock) - aheadMs)).toBeLessThan(10);
});

it('follows a clock that was set', () => {
  const clock = createFollowedClock();
  const atMs = performance.now();
  asked(clock, aheadMs, 1, atMs);
  asked(clock, -aheadMs, 50, atMs + 1_000);
  expect(Math.abs(heardAheadMs(clock) + aheadMs)).toBeLessThan(10);
});

it('prefers a later answer to an old one that may have drifted', () => {
  const clock = createFollowedClock();
  const atMs = performance.now();
  asked(clock, aheadMs, 1, atMs);
  asked(clock, aheadMs + 25, 20, atMs + 60_000);
  expect(Math.abs(heardAheadMs(clock) - aheadMs - 25)).toBeLessThan(10);
});
