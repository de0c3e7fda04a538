/** Limits of what each key, such as a user, has or does at a time. */
import { createSemaphore, type Semaphore } from './semaphore.ts';

export type PerKeySemaphore = ReturnType<typeof createPerKeySemaphore>;

/** Bounds the concurrent work of each key; the rest waits, first come first served. */
export function createPerKeySemaphore(permits: number) {
  const keys = new Map<string, { semaphore: Semaphore; works: number }>();
  return {
    /**
     * Runs the work once a permit of the key is free; settles as the work does.
     * @throws the signal's reason, where it aborts before the work has started
     */
    async run<Result>(
      key: string,
      work: () => Promise<Result>,
      options: { signal?: AbortSignal } = {},
    ): Promise<Result> {
      const entry = keys.get(key) ?? { semaphore: createSemaphore(permits), works: 0 };
      keys.set(key, entry);
      entry.works += 1;
      try {
        return await entry.semaphore.run(work, options);
      } finally {
        entry.works -= 1;
        if (entry.works === 0) keys.delete(key);
      }
    },
  };
}

/** Counts what each key has, such as open sockets. @returns takes one more: its release, or undefined at the maximum */
export function createPerKeyCounter(max: number) {
  const counts = new Map<string, number>();
  return (key: string): (() => void) | undefined => {
    const count = counts.get(key) ?? 0;
    if (count >= max) return undefined;
    counts.set(key, count + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const left = (counts.get(key) ?? 0) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    };
  };
}
