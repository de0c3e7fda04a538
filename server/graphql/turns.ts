/** Shares the event loop: work that comes in many small parts takes turns, and other callers are served in between. */

/** Resolves when the next part of that operation may run. */
export type TakeTurn = (operation: object) => Promise<void>;

/** Parts that run between two looks at sockets and timers: an image with its signed addresses takes up to a millisecond. */
const partsAtOnce = 8;

/** Turns go round between operations, so that one with many parts does not delay another. */
export function createTurns(): TakeTurn {
  const waiting = new Map<object, (() => void)[]>();
  let isRunning = false;

  function runSome(): void {
    let left = partsAtOnce;
    // An operation that has more to do is added again, and so comes after the others.
    for (const [operation, parts] of waiting) {
      if (left === 0) break;
      left -= 1;
      waiting.delete(operation);
      parts.shift()?.();
      if (parts.length > 0) waiting.set(operation, parts);
    }
    isRunning = waiting.size > 0;
    if (isRunning) setImmediate(runSome);
  }

  return (operation) =>
    new Promise((resolve) => {
      const parts = waiting.get(operation) ?? [];
      waiting.set(operation, parts);
      parts.push(resolve);
      if (!isRunning) setImmediate(runSome);
      isRunning = true;
    });
}
