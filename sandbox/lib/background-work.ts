/** Work that outlives the call that started it. */
export interface BackgroundWork {
  /** `work` never rejects. */
  add(work: Promise<void>): void;
  /** Resolves when no work is running. */
  idle(): Promise<void>;
}

export function createBackgroundWork(): BackgroundWork {
  const running = new Set<Promise<void>>();
  return {
    add(work) {
      const done = work.finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
