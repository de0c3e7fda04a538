/** What every test of this folder shares: seed, scale, chance, waiting, and the figures that are printed. */

/** The same seed makes the same choices; what processes do with them in time still differs. */
export const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** 1 is the short version, 10 the long one. */
const scale = Number(process.env['CHAOS_SCALE'] ?? 1);

/** A count between that of the short version and that of the long one. */
export function scaled(short: number, long: number): number {
  return Math.max(1, Math.round(short + ((long - short) * (scale - 1)) / 9));
}

/** Ends tests that hang; in milliseconds. The longest takes 85 s in the short version, alone on two cores. */
export const testTimeoutMs = scaled(300_000, 7_200_000);

export type Random = ReturnType<typeof createRandom>;

/** Chance that the seed repeats; `name` tells tests apart. */
export function createRandom(name: string) {
  let state = [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed);
  /** 0 to 1, as mulberry32 makes it. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    /** A whole number, both ends included. */
    between: (min: number, max: number) => min + Math.floor(next() * (max - min + 1)),
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!,
    shuffled<T>(items: readonly T[]): T[] {
      return items
        .map((item) => ({ item, rank: next() }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ item }) => item);
    },
  };
}

/** One line for each promise: what was measured, next to its goal. */
export function report(promise: string, measured: string | number, goal: string | number): void {
  console.log(`${promise} | ${measured} | ${goal}   (seed ${seed})`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is there. @throws after `withinMs`, with what was waited for */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 50 } = {},
): Promise<NonNullable<T>> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > endsAt) throw new Error(`Waited ${withinMs} ms in vain: ${what} (seed ${seed})`);
    await pause(everyMs);
  }
}

/** The value that `share` of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
