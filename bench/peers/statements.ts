/** The limit of acceptance: the statement alone, from as many loops as there are callers. No HTTP. */
import { serveCalls } from '../harness/probe.ts';
import { accept } from './store.ts';

/** As many as the clients of the other servers are. */
const users = 64;

serveCalls({
  async run({ callers, durationMs }: { callers: number; durationMs: number }) {
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    const call = async (_: unknown, caller: number) => {
      for (let next = caller; performance.now() - startedAt < durationMs; next += callers) {
        const sentAt = performance.now();
        await accept(`Bearer token-${next % users}`, 'A red kite over dunes');
        latenciesMs.push(performance.now() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: callers }).map(call));
    return { latenciesMs, lost: 0, seconds: (performance.now() - startedAt) / 1000 };
  },
});
console.log('ready');
