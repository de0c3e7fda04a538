/** Spreads the polls of all nodes evenly within the limits of a provider. */
import type { ImageProvider } from '../../providers/provider.ts';

interface Dependencies {
  providers: Readonly<Record<string, Pick<ImageProvider, 'pollsPerMinute'>>>;
  /** How many tasks the provider works on now, over all nodes. */
  countRunning: (provider: string) => Promise<number>;
}

/** How long a count is reused. */
const freshMs = 1_000;

/** @returns how long to wait between two polls of one task of the provider, in milliseconds; 0 where it has no limit */
export function createPace({ providers, countRunning }: Dependencies) {
  const known = new Map<string, { count: Promise<number>; atMs: number }>();
  return async (provider: string): Promise<number> => {
    const perMinute = providers[provider]?.pollsPerMinute;
    if (perMinute === undefined) return 0;
    const before = known.get(provider);
    if (before && performance.now() - before.atMs < freshMs) return paced(await before.count, perMinute);
    // While the database is unavailable, the last count is used.
    const count = countRunning(provider).catch(() => before?.count ?? 0);
    known.set(provider, { count, atMs: performance.now() });
    return paced(await count, perMinute);
  };
}

const paced = (count: number, perMinute: number) => Math.ceil((count * 60_000) / perMinute);
