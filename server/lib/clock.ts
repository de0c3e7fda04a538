/** The time of day, from one source for everything that is compared. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Follows the clock of another machine, which is asked from time to time. */
export interface FollowedClock extends Clock {
  /**
   * Takes an answer of the other clock.
   * @param theirMs what it said, in milliseconds since the epoch
   * @param sentAtMs when it was asked, by `performance.now()`
   * @param receivedAtMs when its answer came, by `performance.now()`
   */
  observe(theirMs: number, sentAtMs: number, receivedAtMs: number): void;
}

/** How far two clocks may drift apart, per millisecond: several times what a quartz does. */
const driftRate = 0.0005;

/**
 * A clock that runs between answers on the process's monotonic one, so that a step of the machine's clock changes
 * nothing. Of the answers, the one on the shortest way counts; until the first, it is the machine's own.
 */
export function createFollowedClock(): FollowedClock {
  let known: { offsetMs: number; errorMs: number; atMs: number } | undefined;
  return {
    nowMs: () => (known ? Math.round(performance.now() + known.offsetMs) : Date.now()),
    observe(theirMs, sentAtMs, receivedAtMs) {
      // The answer was made at some instant between the two.
      const errorMs = (receivedAtMs - sentAtMs) / 2;
      const offsetMs = theirMs - (sentAtMs + receivedAtMs) / 2;
      if (known) {
        const knownErrorMs = known.errorMs + (receivedAtMs - known.atMs) * driftRate;
        // Both cannot be true where the other clock was set, or this machine slept.
        const isStepped = Math.abs(offsetMs - known.offsetMs) > errorMs + knownErrorMs;
        if (!isStepped && errorMs > knownErrorMs) return;
      }
      known = { offsetMs, errorMs, atMs: receivedAtMs };
    },
  };
}
