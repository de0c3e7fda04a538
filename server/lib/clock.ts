/** The time of day, from one source for everything that is compared. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

export type FollowedClock = ReturnType<typeof createFollowedClock>;

/** How far two clocks may drift apart, per millisecond: several times what a quartz does. */
const driftRate = 0.0005;

/**
 * Follows the clock of another machine. Between its answers it runs on the monotonic clock, so that a step of this
 * machine's clock changes nothing. The answer with the shortest round trip counts; until the first, the clock is the machine's own.
 */
export function createFollowedClock() {
  let known: { offsetMs: number; errorMs: number; atMs: number } | undefined;
  return {
    nowMs: (): number => (known ? Math.round(performance.now() + known.offsetMs) : Date.now()),
    /** Takes an answer, in milliseconds since the epoch, and when it was asked for and received, by `performance.now()`. */
    observe(theirMs: number, sentAtMs: number, receivedAtMs: number): void {
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
