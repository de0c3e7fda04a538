import { setImmediate } from 'node:timers/promises';

const LONGEST_RUN_MS = 12;

/**
 * A function to await inside long pixel loops: it hands the event loop back once enough time has passed since it
 * last did, and costs next to nothing otherwise. It never changes what is drawn.
 */
export function createPace(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < LONGEST_RUN_MS) return undefined;
    return setImmediate().then(() => {
      startedAt = performance.now();
    });
  };
}
