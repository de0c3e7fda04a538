/** Shares the event loop: work in many small parts yields regularly, so that other requests are served in between. */

/** Parts that run between two looks at sockets and timers: an image with its signed addresses takes up to a millisecond. */
const partsAtOnce = 8;

/**
 * Resolves when the next part of that operation may run. Parts run round robin over operations, so that an operation with
 * many parts does not delay the others.
 */
export function createCooperativeYield() {
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

  return (operation: object): Promise<void> =>
    new Promise((resolve) => {
      const parts = waiting.get(operation) ?? [];
      waiting.set(operation, parts);
      parts.push(resolve);
      if (!isRunning) setImmediate(runSome);
      isRunning = true;
    });
}
