/**
 * Preloaded into every measured process: answers the bench over IPC with its CPU time, memory and statements, and ends the
 * process when the bench ends. With BENCH_PLANT it slows the process down, which shows that the bench notices.
 */
import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

export interface Call {
  id: number;
  name: string;
  argument: unknown;
}

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

/** Bytes that the process holds, with no garbage. */
function memoryBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let time = 0; time < 4; time += 1) collect();
  return process.memoryUsage.rss();
}

let statements: number | undefined;

/** Statements that were sent to PostgreSQL since the first call: messages Query and Execute of the protocol. */
async function countStatements(): Promise<number> {
  if (statements !== undefined) return statements;
  statements = 0;
  const { Connection } = (await import('pg')).default;
  const methods = Connection.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['query', 'execute']) {
    const send = methods[name]!;
    methods[name] = function counted(...args) {
      statements! += 1;
      return send.apply(this, args);
    };
  }
  return statements;
}

/** Each write to a socket takes so much CPU time first. */
function slowWrites(ms: number): void {
  const { write } = Socket.prototype;
  Socket.prototype.write = function slowed(this: Socket, ...args: Parameters<typeof write>) {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt;);
    return write.apply(this, args);
  } as typeof write;
}

// Not in threads and processes of the measured one.
if (isMainThread && process.env['BENCH_PID'] === String(process.ppid)) {
  const cpuMs = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  serveCalls({ cpuMs, memoryBytes, statements: countStatements });
  process.on('disconnect', () => process.exit(1));
  if (process.env['BENCH_PLANT']) slowWrites(Number(process.env['BENCH_PLANT']));
}
