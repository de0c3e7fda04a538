/** Repeats what failed for a reason that passes, within a total time. */
import { ProofsheetError } from './errors.ts';

const longestBackoffMs = 5_000;

export interface RequestOptions {
  /** Ends the request; its outcome is then open. */
  signal?: AbortSignal | undefined;
}

export interface AttemptOptions extends RequestOptions {
  /** Default: 15 s. A connection can be dead without an error, and a repeat takes another one. */
  attemptTimeoutMs?: number;
  /** Whether a repeat is safe where the outcome is open. */
  isIdempotent?: boolean;
}

/**
 * The result of the first attempt that succeeds. Attempts are repeated after RATE_LIMITED, and idempotent ones also after
 * NETWORK and INTERNAL, with exponential backoff and jitter, and not before `retryAfter`. None begins after `timeoutMs`.
 * @throws {ProofsheetError} of the last attempt
 * @throws the reason of the signal
 */
export async function withRetry<Result>(
  attempt: (signal: AbortSignal) => Promise<Result>,
  timeoutMs: number,
  { signal, attemptTimeoutMs = 15_000, isIdempotent = true }: AttemptOptions,
): Promise<Result> {
  const endsAtMs = performance.now() + timeoutMs;
  for (let failures = 0; ; failures += 1) {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(attemptTimeoutMs);
    try {
      return await attempt(signal ? AbortSignal.any([signal, limit]) : limit);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ProofsheetError)) throw error;
      const isOpen = error.code === 'NETWORK' || error.code === 'INTERNAL';
      const waitMs = Math.max(backoffMs(failures), 1000 * (error.retryAfter ?? 0));
      if (error.code !== 'RATE_LIMITED' && !(isIdempotent && isOpen)) throw error;
      if (performance.now() + waitMs > endsAtMs) throw error;
      await wait(waitMs, signal);
    }
  }
}

/** 0.5, 1, 2, 4, then 5 seconds, each up to half shorter, so that clients do not return all at once. */
export function backoffMs(failures: number): number {
  return Math.min(longestBackoffMs, 500 * 2 ** failures) * (1 - Math.random() / 2);
}

/** @throws the reason of the signal, as soon as it aborts */
export function wait(durationMs: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, durationMs);
  });
  return untilAborted(ended, signal).finally(() => clearTimeout(timer));
}

/** The promise, or the reason of the signal as a rejection as soon as it aborts. */
export function untilAborted<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
