import { LRUCache } from 'lru-cache';

/** An emulator's counts by prompt: accepted work and queries for it. */
export interface SandboxStats {
  /** Predictions created, or calls that were taken and worked on, by prompt. Refused requests do not count. */
  creations: Record<string, number>;
  /** Times that a prediction was asked for, by prompt. */
  gets: Record<string, number>;
  /** Work that is queued or running now. */
  running: number;
}

interface Counts {
  creations: number;
  gets: number;
  running: number;
  /** How often each word of the prompt's script has taken effect. */
  words: Map<string, number>;
}

export type Stats = ReturnType<typeof createStats>;

const maxPrompts = 20_000;

export function createStats() {
  const prompts = new LRUCache<string, Counts>({
    max: maxPrompts,
    memoMethod: () => ({ creations: 0, gets: 0, running: 0, words: new Map() }),
  });
  let running = 0;

  const collect = (kind: 'creations' | 'gets') =>
    Object.fromEntries(
      [...prompts].map(([prompt, counts]) => [prompt, counts[kind]] as const).filter(([, count]) => count),
    );

  return {
    count: (kind: 'creations' | 'gets', prompt: string) => void prompts.memo(prompt)[kind]++,
    /** Counts `work` as running until it settles; `isAlone` is false while other work with this prompt runs. */
    async whileRunning<Value>(prompt: string, work: (isAlone: boolean) => Promise<Value>): Promise<Value> {
      const counts = prompts.memo(prompt);
      running++;
      counts.running++;
      try {
        return await work(counts.running === 1);
      } finally {
        running--;
        counts.running--;
      }
    },
    /** True for the first `times` calls with this prompt and word in the emulator's life, then false. */
    isAmongFirst(times: number, prompt: string, word: string): boolean {
      const { words } = prompts.memo(prompt);
      const used = words.get(word) ?? 0;
      if (used < times) words.set(word, used + 1);
      return used < times;
    },
    read: (): SandboxStats => ({ creations: collect('creations'), gets: collect('gets'), running }),
  };
}
