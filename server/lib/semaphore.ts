/** Bounds concurrent work of one kind; the rest waits, first come first served. */
export interface Semaphore {
  /**
   * Runs the work once its permits are free (default 1; never more than there are) and returns them when it
   * settles. Resolves or rejects as the work does.
   */
  run<Result>(work: () => Promise<Result>, options?: { permits?: number }): Promise<Result>;
}

/** A semaphore with this many permits: a whole number, 1 at least. */
export function createSemaphore(permits: number): Semaphore {
  if (!Number.isInteger(permits) || permits < 1)
    throw new RangeError(`A semaphore needs a permit: ${permits}`);
  let free = permits;
  const waiting: { needed: number; start: () => void }[] = [];

  // Only the head may start: a wide request is never overtaken, and so never starves behind narrow ones.
  function startNext(): void {
    for (let head = waiting[0]; head && head.needed <= free; head = waiting[0]) {
      waiting.shift();
      free -= head.needed;
      head.start();
    }
  }

  return {
    async run(work, options = {}) {
      const needed = Math.min(options.permits ?? 1, permits);
      await new Promise<void>((start) => {
        waiting.push({ needed, start });
        startNext();
      });
      try {
        return await work();
      } finally {
        free += needed;
        startNext();
      }
    },
  };
}
