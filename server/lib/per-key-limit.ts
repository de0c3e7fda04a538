/** Bounds the concurrent work of each key, such as a user; the rest waits, first come first served. */
import { createSemaphore, type Semaphore } from './semaphore.ts';

export interface PerKeyLimit {
  /** Runs the work once fewer than the permitted number of works of the key are running; settles as the work does. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** @param permits Concurrent works of one key, 1 at least. */
export function createPerKeyLimit(permits: number): PerKeyLimit {
  const keys = new Map<string, { semaphore: Semaphore; works: number }>();
  return {
    async run(key, work) {
      const entry = keys.get(key) ?? { semaphore: createSemaphore(permits), works: 0 };
      keys.set(key, entry);
      entry.works += 1;
      try {
        return await entry.semaphore.run(work);
      } finally {
        entry.works -= 1;
        if (entry.works === 0) keys.delete(key);
      }
    },
  };
}
