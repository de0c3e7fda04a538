/**
 * Preloaded into every measured process: answers the bench over IPC with its CPU time and memory, and ends the process when
 * the bench ends. With BENCH_PLANT, it slows the process down, which shows
 * that the bench notices.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Replies to calls of the bench by their names. A handler of a script must be added before its first await. */
export function serveCalls(handlers: Record<string, (argument: never) => unknown>): void {
  process.on('message', async ({ id, name, argument }: Call) => {
    const handler = handlers[name];
    if (!handler) return;
    try {
      process.send?.({ id, value: await handler(argument as never) });
    } catch (error) {
      process.send?.({ id, failure: String((error as Error).stack) });
    }
  });
}

export interface Call {
  id: number;
  name: string;
  argument: unknown;
}

/** Bytes that the process holds, with no garbage. */
function collectedMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let time = 0; time < 4; time += 1) collect();
  return process.memoryUsage.rss();
}

// Not in threads and processes of the measured one.
if (isMainThread && process.env['BENCH_PID'] === String(process.ppid)) {
  serveCalls({
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    memoryBytes: collectedMemory,
  });
  process.on('disconnect', () => process.exit(1));
  const plantedMs = Number(process.env['BENCH_PLANT'] ?? 0);
  if (plantedMs > 0) (await import('./planted-slowdown.ts')).plant(plantedMs);
}
