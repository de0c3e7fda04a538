import { createSemaphore } from './semaphore.ts';

export type ByteBudget = ReturnType<typeof createByteBudget>;

/** Bounds how many bytes of one kind are in memory; the rest waits, first come first served. */
export function createByteBudget(totalBytes: number) {
  const { acquire, release } = createSemaphore(totalBytes);
  return {
    /** A share of the budget, empty at first. Release it when its bytes are no longer needed. */
    open() {
      let held = 0;
      const give = (bytes: number) => {
        held -= bytes;
        release(bytes);
      };
      return {
        /**
         * Sets the size of the share: immediately where it shrinks, otherwise when there is room. A waiting share holds
         * nothing, so shares never wait for each other. A size above the whole budget counts as the whole budget.
         * Rejects with the signal's reason where it aborts first; the share is then empty.
         */
        async resize(bytes: number, { signal }: { signal: AbortSignal }): Promise<void> {
          const wanted = Math.min(bytes, totalBytes);
          if (wanted <= held) return give(held - wanted);
          give(held);
          await acquire(wanted, signal);
          held = wanted;
        },
        release: () => give(held),
      };
    },
  };
}
