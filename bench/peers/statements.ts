/** The limit of acceptance: the statement alone, from as many loops as there are callers. No HTTP. */
import { serveCalls } from '../harness/probe.ts';
import { accept } from './store.ts';

serveCalls({
  async run({ callers, durationMs }: { callers: number; durationMs: number }) {
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    const call = async (_: unknown, caller: number) => {
      while (performance.now() - startedAt < durationMs) {
        const sentAt = performance.now();
        await accept(`Bearer token-${caller}`, 'A red kite over dunes');
        latenciesMs.push(performance.now() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: callers }).map(call));
    return { latenciesMs, lost: 0, seconds: (performance.now() - startedAt) / 1000 };
  },
});
console.log('ready');
