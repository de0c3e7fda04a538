import { LRUCache } from 'lru-cache';

/** An emulator's counts by prompt: accepted work, queries for it, and used-up words of scripts. */
export interface SandboxStats {
  /** Predictions created, or calls that were taken and worked on, by prompt. Refused requests do not count. */
  creations: Record<string, number>;
  /** Times that a prediction was asked for, by prompt. */
  gets: Record<string, number>;
  /** Work that is queued or running now. */
  running: number;
}

export interface Tally {
  countCreation(prompt: string): void;
  countGet(prompt: string): void;
  /** Counts `work` as running until it settles. */
  whileRunning<Value>(work: Promise<Value>): Promise<Value>;
  /** True for the first `times` calls with this prompt and word in the emulator's life, then false. */
  isAmongFirst(times: number, prompt: string, word: string): boolean;
  stats(): SandboxStats;
}

interface Counts {
  creations: number;
  gets: number;
  uses: Map<string, number>;
}

const maxPrompts = 20_000;

export function createTally(): Tally {
  const prompts = new LRUCache<string, Counts>({ max: maxPrompts });
  let running = 0;

  function countsOf(prompt: string): Counts {
    const known = prompts.get(prompt);
    if (known) return known;
    const counts: Counts = { creations: 0, gets: 0, uses: new Map() };
    prompts.set(prompt, counts);
    return counts;
  }

  function collect(read: (counts: Counts) => number): Record<string, number> {
    return Object.fromEntries(
      [...prompts]
        .map(([prompt, counts]) => [prompt, read(counts)] as const)
        .filter(([, count]) => count > 0),
    );
  }

  return {
    countCreation: (prompt) => void countsOf(prompt).creations++,
    countGet: (prompt) => void countsOf(prompt).gets++,
    async whileRunning(work) {
      running++;
      try {
        return await work;
      } finally {
        running--;
      }
    },
    isAmongFirst(times, prompt, word) {
      const { uses } = countsOf(prompt);
      const used = uses.get(word) ?? 0;
      if (used >= times) return false;
      uses.set(word, used + 1);
      return true;
    },
    stats: () => ({
      creations: collect(({ creations }) => creations),
      gets: collect(({ gets }) => gets),
      running,
    }),
  };
}
