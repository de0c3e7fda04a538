/** A limit of `perMinute` requests that refills steadily and allows a burst of a full minute's worth. */
export function createTokenBucket({ perMinute, now }: { perMinute: number; now: () => number }) {
  const perMs = perMinute / 60_000;
  let tokens = perMinute;
  let countedAt = now();
  return {
    /** Takes a token where there is one; says how many are left and when the next one comes. */
    take() {
      const at = now();
      tokens = Math.min(perMinute, tokens + Math.max(0, at - countedAt) * perMs);
      countedAt = at;
      const taken = tokens >= 1;
      if (taken) tokens -= 1;
      const missing = Math.max(0, 1 - tokens);
      return {
        taken,
        remaining: Math.floor(tokens),
        resetSeconds: Math.max(1, Math.ceil(missing / perMs / 1000)),
      };
    },
  };
}
