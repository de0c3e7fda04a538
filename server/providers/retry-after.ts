/** How long a provider asks to be left alone. */

const minWaitMs = 500;
const maxWaitMs = 60_000;

/**
 * The longest wait that an answer names: the Retry-After header (seconds or a date, RFC 9110 section 10.2.3), a
 * `retry_after` key in seconds, or "resets in ~30s" in `detail`. Replicate uses all three. Undefined where it names none.
 */
export function requestedWaitMs(headers: Headers, body: unknown): number | undefined {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const waits = [
    headerWaitMs(headers),
    secondsToMs(problem['retry_after']),
    secondsToMs(
      typeof problem['detail'] === 'string'
        ? /~\s*([\d.]{1,12})\s*s/.exec(problem['detail'])?.[1]
        : undefined,
    ),
  ].filter((wait) => wait !== undefined);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** A protobuf duration in JSON, `34.4s`. */
export function durationMs(value: unknown): number | undefined {
  return typeof value === 'string' ? secondsToMs(/^([\d.]{1,20})s$/.exec(value)?.[1]) : undefined;
}

/** The wait between half a second and a minute, with up to a fifth more, so that waiting tasks do not return at once. */
export function jitteredWaitMs(waitMs: number): number {
  return Math.round(Math.min(maxWaitMs, Math.max(minWaitMs, waitMs) * (1 + Math.random() * 0.2)));
}

function headerWaitMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const wait = secondsToMs(value);
  if (wait !== undefined) return wait;
  const atMs = Date.parse(value);
  // By the server's own clock, where the response has a Date header.
  const answeredAtMs = Date.parse(headers.get('date') ?? '') || Date.now();
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - answeredAtMs);
}

function secondsToMs(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const seconds = Number(value);
  return Number.isNaN(seconds) || seconds < 0 ? undefined : seconds * 1000;
}
