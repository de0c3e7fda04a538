/** Where a provider's limit admits no poll for a while, those that are due are moved and not claimed one by one. */
import type { ImageProvider } from '../../providers/provider.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { Pace } from './pace.ts';

interface Dependencies {
  providers: Readonly<Record<string, Pick<ImageProvider, 'pollsPerMinute'>>>;
  spreadPolls: TaskQueue['spreadPolls'];
  pace: Pick<Pace, 'evenMs'>;
}

export type HeldPolls = ReturnType<typeof createHeldPolls>;

/** A limit admits this much more than the polls that are planned evenly; polls that were moved take their place there. */
const spareShare = 0.2;
/** Rows that one statement moves. */
const batch = 1_000;

export function createHeldPolls({ providers, spreadPolls, pace }: Dependencies) {
  // Until when, by the monotonic clock.
  const heldUntilMs = new Map<string, number>();
  // The first instant that no moved poll has taken, by the monotonic clock.
  const freeFromMs = new Map<string, number>();

  async function spread(provider: string, untilMs: number, perMinute: number): Promise<void> {
    const withinMs = await pace.evenMs(provider);
    const slotMs = Math.ceil(60_000 / (perMinute * spareShare));
    for (let moved = batch; moved === batch;) {
      const freeMs = Math.max(untilMs, freeFromMs.get(provider) ?? 0);
      // Within that time each running task has been moved once.
      const firstMs = freeMs > untilMs + withinMs ? untilMs : freeMs;
      const delayMs = firstMs - performance.now();
      moved = await spreadPolls(provider, { delayMs, slotMs, withinMs, limit: batch });
      if (moved > 0) freeFromMs.set(provider, firstMs + Math.min(moved * slotMs, withinMs));
    }
  }

  return {
    /** Has no polls of the provider claimed for that time, where they are counted. The shortest of several times counts. */
    hold(provider: string, forMs: number): void {
      if (providers[provider]?.pollsPerMinute === undefined) return;
      const nowMs = performance.now();
      const before = heldUntilMs.get(provider) ?? 0;
      heldUntilMs.set(provider, before > nowMs ? Math.min(before, nowMs + forMs) : nowMs + forMs);
    },

    /**
     * Moves the due polls of the providers whose limit admits none now, in their order, to when it does.
     * @returns the names of those providers
     */
    async spreadDue(): Promise<string[]> {
      const nowMs = performance.now();
      for (const [provider, untilMs] of heldUntilMs) if (untilMs <= nowMs) heldUntilMs.delete(provider);
      const held = [...heldUntilMs];
      for (const [provider, untilMs] of held)
        await spread(provider, untilMs, providers[provider]?.pollsPerMinute ?? Infinity);
      return held.map(([provider]) => provider);
    },
  };
}
