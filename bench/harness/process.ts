/** Processes of the bench: servers that it measures, and the clients and the provider that they are measured with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

export interface BenchProcess {
  pid: number;
  /** Where it serves; empty for a client. */
  url: string;
  /** Calls a function of the script or of the probe: `cpuMs` of all threads since the start, `memoryBytes`, `statements`. */
  call<T = number>(name: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Options {
  env?: Record<string, string>;
  cwd?: string;
  /** Finds the address in what the script prints. A client prints `ready`. */
  ready?: RegExp;
  onSpawn?: ((pid: number) => void) | undefined;
}

const running = new Set<ChildProcess>();
// Whatever ends the bench ends its processes.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a script of the project with the probe; resolves when it serves. It is stopped with `opened`. */
export async function startProcess(
  opened: AsyncDisposableStack,
  script: string,
  { env = {}, cwd = root, ready = /^ready ?(.*)$/m, onSpawn }: Options = {},
): Promise<BenchProcess> {
  if (opened.disposed) throw new Error('The work has ended');
  const probe = path.join(import.meta.dirname, 'probe.ts');
  const args = ['--disable-warning=ExperimentalWarning', '--import', probe, path.join(root, script)];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', BENCH_PID: String(process.pid), ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  const closed = once(child, 'close').then(() => running.delete(child));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await closed;
    clearTimeout(timer);
  };
  opened.defer(stop);
  onSpawn?.(child.pid!);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = ready.exec(output);
      if (found) resolve((found[1] ?? '').replace('localhost', '127.0.0.1'));
    });
    child.once('close', () => reject(new Error(`${script} ended before it served: ${output}`)));
  });
  return { pid: child.pid!, url, call: createCall(script, child), stop };
}

function createCall(script: string, child: ChildProcess): BenchProcess['call'] {
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  child.on('message', ({ id, value, failure }: { id: number; value: never; failure?: string }) => {
    if (failure === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(failure));
    waiting.delete(id);
  });
  child.once('close', () => waiting.forEach(({ reject }) => reject(new Error(`${script} has ended`))));
  let lastId = 0;
  return (name, argument) => {
    const answer = Promise.withResolvers<never>();
    waiting.set((lastId += 1), answer);
    child.send({ id: lastId, name, argument }, (error) => error && answer.reject(error));
    return answer.promise;
  };
}

/** Resident MB of a process and its children, from `/proc`. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    const own = (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    return children.reduce((sum, child) => sum + residentMb(Number(child)), own);
  } catch {
    return 0; // It has ended.
  }
}

/** Samples the resident memory of a process. @returns stops it, and gives the most, in MB */
export function samplePeakMb(pid: () => number | undefined): () => number {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid() ?? 0))), 25);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** Milliseconds since 1970, which all processes of the machine compare. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats until there is a value. The time limit of the work ends it. */
export async function until<T>(find: () => Promise<T | undefined>, everyMs = 50): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await pause(everyMs);
  }
}

/** CPU milliseconds of a process for each second of a time in which it is left alone. */
export async function idleCpu(server: BenchProcess, idleMs: number): Promise<number> {
  const [before, startedAt] = [await server.call('cpuMs'), performance.now()];
  await pause(idleMs);
  return ((await server.call('cpuMs')) - before) / ((performance.now() - startedAt) / 1000);
}
