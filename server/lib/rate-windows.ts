/** Counts points by key in windows of equal length, in this process. */

interface Window {
  points: number;
  endsAtMs: number;
}

/** A key's window begins with its first point. */
export function createRateWindows(windowMs: number) {
  /** In the order of their ends, as all are equally long: the expired ones come first. */
  const windows = new Map<string, Window>();
  function deleteExpired(nowMs: number): void {
    for (const [key, { endsAtMs }] of windows) {
      if (endsAtMs > nowMs) return;
      windows.delete(key);
    }
  }
  return {
    /** Adds points to those of the key. @returns all of its points, and the milliseconds until they expire */
    add(key: string, points: number): { points: number; resetMs: number } {
      const nowMs = performance.now();
      deleteExpired(nowMs);
      let window = windows.get(key);
      if (!window) windows.set(key, (window = { points: 0, endsAtMs: nowMs + windowMs }));
      window.points += points;
      // The sum's rounding makes a full window a little longer.
      const resetMs = Math.min(windowMs, Math.ceil(window.endsAtMs - nowMs));
      return { points: window.points, resetMs };
    },
    /** Subtracts one from the points of the key, unless they have expired. */
    subtract(key: string): void {
      const window = windows.get(key);
      if (window && window.points > 0) window.points -= 1;
    },
    /** Keys that are remembered. */
    get size() {
      return windows.size;
    },
  };
}
