import { sleep } from '../../lib/sleep.ts';

/**
 * Returns a function that waits for the next round: none at first, then one in `pauseMs` at most, for all that wait together.
 * It resolves earlier where the signal aborts.
 */
export function createRounds(pauseMs: number): (signal: AbortSignal) => Promise<void> {
  // When the last round began or the next one begins, by the monotonic clock.
  let beginsAtMs = -Infinity;
  return (signal) => {
    const nowMs = performance.now();
    if (beginsAtMs <= nowMs) beginsAtMs = Math.max(nowMs, beginsAtMs + pauseMs);
    return sleep(beginsAtMs - nowMs, signal);
  };
}
