/** How many of something each key has at a time, up to a limit. */
export interface Tally {
  /** Counts one more of the key. @returns a function that takes it back, once; undefined where it has as many as it may */
  enter(key: string): (() => void) | undefined;
}

export function createTally(max: number): Tally {
  const counts = new Map<string, number>();
  return {
    enter(key) {
      const count = counts.get(key) ?? 0;
      if (count >= max) return undefined;
      counts.set(key, count + 1);
      let hasLeft = false;
      return () => {
        if (hasLeft) return;
        hasLeft = true;
        const left = (counts.get(key) ?? 0) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
