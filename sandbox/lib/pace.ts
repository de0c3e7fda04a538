import { setTimeout as delay } from 'node:timers/promises';

/**
 * The emulators' time. Work, queues and webhooks run `speed` times as fast as the real ones; times that a client sets (a
 * deadline, a timeout) and lifetimes that a provider promises (an hour) are not scaled.
 */
export interface Pace {
  /** Milliseconds since 1970, for timestamps and expiry. */
  now(): number;
  /** Resolves after `durationMs` of work; rejects with an AbortError when `signal` aborts. */
  work(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Resolves after `durationMs` by the clock; rejects with an AbortError when `signal` aborts. */
  wait(durationMs: number, signal: AbortSignal): Promise<void>;
  /** `seconds` of work in milliseconds, anywhere in the range. */
  between(minSeconds: number, maxSeconds: number): number;
}

export function createPace({
  speed,
  now,
  random,
}: {
  speed: number;
  now: () => number;
  random: () => number;
}): Pace {
  return {
    now,
    work: (durationMs, signal) => delay(durationMs / speed, undefined, { signal }),
    wait: (durationMs, signal) => delay(durationMs, undefined, { signal }),
    between: (minSeconds, maxSeconds) => (minSeconds + random() * (maxSeconds - minSeconds)) * 1000,
  };
}
