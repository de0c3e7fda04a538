/** Work that outlives the call that started it. */
export function createBackgroundWork() {
  const running = new Set<Promise<void>>();
  return {
    /** `work` never rejects. */
    add(work: Promise<void>) {
      const done = work.finally(() => running.delete(done));
      running.add(done);
    },
    /** Resolves when no work is running. */
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
