/** Processes of the bench: servers that it measures, and the clients and the provider that they are measured with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export interface BenchProcess {
  pid: number;
  /** Where it serves; empty for a client. */
  url: string;
  /** CPU time of all its threads since its start, in milliseconds. */
  cpuMs(): Promise<number>;
  /** Resident memory after a garbage collection, in bytes. */
  memoryBytes(): Promise<number>;
  /** Calls a function that the script serves (`serveCalls`). */
  call<T>(name: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Options {
  env?: Record<string, string>;
  cwd?: string;
  /** Finds the address in what the script prints. A client prints `ready`. */
  ready?: RegExp;
  onSpawn?: (pid: number) => void;
}

const running = new Set<ChildProcess>();
// Whatever ends the bench ends its processes.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a script of the project with the probe; resolves when it serves. */
export async function startProcess(script: string, options: Options = {}): Promise<BenchProcess> {
  const { env = {}, cwd = root, ready = /^ready ?(.*)$/m, onSpawn } = options;
  const probe = path.join(import.meta.dirname, 'probe.ts');
  const args = ['--disable-warning=ExperimentalWarning', '--import', probe, path.join(root, script)];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', BENCH_PID: String(process.pid), ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  onSpawn?.(child.pid!);
  const closed = once(child, 'close').then(() => running.delete(child));
  const call = createCalls(script, child);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = ready.exec(output);
      if (found) resolve((found[1] ?? '').replace('localhost', '127.0.0.1'));
    });
    child.once('close', () => reject(new Error(`${script} ended before it served: ${output}`)));
  });
  return {
    pid: child.pid!,
    url,
    cpuMs: () => call('cpuMs'),
    memoryBytes: () => call('memoryBytes'),
    call,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function createCalls(script: string, child: ChildProcess) {
  let lastId = 0;
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  child.on('message', ({ id, value, failure }: { id: number; value: never; failure?: string }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (failure === undefined) resolve?.(value);
    else reject?.(new Error(failure));
  });
  child.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} has ended`));
  });
  return <T>(name: string, argument?: unknown): Promise<T> => {
    const id = (lastId += 1);
    const answer = Promise.withResolvers<never>();
    waiting.set(id, answer);
    child.send({ id, name, argument });
    return answer.promise;
  };
}

/** Resident bytes of a process and its children, from `/proc`. */
export function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    return children.reduce((sum, child) => sum + residentBytes(Number(child)), own);
  } catch {
    return 0; // It has ended.
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
