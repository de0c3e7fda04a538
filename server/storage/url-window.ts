const windowSeconds = 30 * 60;

/**
 * The times of a signed address, in unix seconds. Clocks within one half-hour window share them, so that the address of a
 * picture stays the same and caches work; it expires with the end of the next window, 30 to 60 minutes from now.
 */
export function urlWindow(nowMs: number): { startsAtSeconds: number; expiresAtSeconds: number } {
  const startsAtSeconds = Math.floor(nowMs / 1000 / windowSeconds) * windowSeconds;
  return { startsAtSeconds, expiresAtSeconds: startsAtSeconds + 2 * windowSeconds };
}

/** How long a response to a signed address may be cached where its exact expiry is unknown. */
export const minimumValiditySeconds = windowSeconds;
