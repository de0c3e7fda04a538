export type Semaphore = ReturnType<typeof createSemaphore>;

/**
 * Bounds concurrent work of one kind; the rest waits, first come first served.
 * @param permits A whole number, 1 at least.
 */
export function createSemaphore(permits: number) {
  if (!Number.isInteger(permits) || permits < 1)
    throw new RangeError(`A semaphore needs a permit: ${permits}`);
  let free = permits;
  const waiting: { needed: number; start: () => void }[] = [];

  // Only the head may start: a request for many permits is never overtaken, and so never starves behind smaller ones.
  function startNext(): void {
    for (let head = waiting[0]; head && head.needed <= free; head = waiting[0]) {
      waiting.shift();
      free -= head.needed;
      head.start();
    }
  }

  /** Takes permits once they are free; rejects with the signal's reason where it aborts first. */
  function acquire(needed: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal?.reason);
        startNext();
      };
      const start = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const entry = { needed, start };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.push(entry);
      startNext();
    });
  }

  function release(count: number): void {
    free += count;
    startNext();
  }

  return {
    acquire,
    release,
    /**
     * Runs the work with 1 permit, or as many as asked for up to all of them; settles as the work does.
     * @throws the signal's reason, where it aborts before the work has started
     */
    async run<Result>(
      work: () => Promise<Result>,
      options: { permits?: number; signal?: AbortSignal } = {},
    ): Promise<Result> {
      const needed = Math.min(options.permits ?? 1, permits);
      await acquire(needed, options.signal);
      try {
        return await work();
      } finally {
        release(needed);
      }
    },
  };
}
