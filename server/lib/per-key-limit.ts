/** Bounds how much work of each key, such as a user, is under way at once; the rest waits its turn, first come first served. */
import { createSemaphore, type Semaphore } from './semaphore.ts';

export interface PerKeyLimit {
  /** Runs the work once fewer than the permitted number of the key's works are under way; settles as the work does. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** @param permits How many works of one key run at once, 1 at least. */
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
