import { setTimeout as delay } from 'node:timers/promises';

export type Pace = ReturnType<typeof createPace>;

/**
 * The emulators' time. Work, queues and webhooks run `speed` times as fast as the real ones; times that a client sets (a
 * deadline, a timeout) and lifetimes that a provider promises (an hour) are not scaled.
 */
export function createPace(options: { speed: number; now: () => number; random: () => number }) {
  const { speed, now, random } = options;
  return {
    /** Milliseconds since 1970, for timestamps and expiry. */
    now,
    /** Resolves after `durationMs` of work; rejects with an AbortError when `signal` aborts. */
    work: (durationMs: number, signal: AbortSignal): Promise<void> =>
      delay(durationMs / speed, undefined, { signal }),
    /** Resolves after `durationMs` by the clock; rejects with an AbortError when `signal` aborts. */
    wait: (durationMs: number, signal: AbortSignal): Promise<void> =>
      delay(durationMs, undefined, { signal }),
    /** `seconds` of work in milliseconds, anywhere in the range. */
    between: (minSeconds: number, maxSeconds: number): number =>
      (minSeconds + random() * (maxSeconds - minSeconds)) * 1000,
  };
}

/** Takes a line about what the sandbox did, without prompts, keys and addresses. */
export type SandboxLog = (message: string, details?: Readonly<Record<string, unknown>>) => void;
