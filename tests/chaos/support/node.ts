/** One server process at an address that stays: it can be started, signalled, ended and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { WebSocket } from 'ws';
import { reusablePort } from '../../support/reusable-port.ts';

export interface ChaosNode {
  readonly name: string;
  readonly url: string;
  readonly isUp: boolean;
  /** Times that the process ended without a signal. */
  readonly crashes: number;
  /** What it wrote to stderr. */
  readonly complaints: string;
  /** Resolves when it serves. */
  start(): Promise<void>;
  stop(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** At once and without waiting. */
  kill(): void;
  /** Resolves with the exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** What the process holds, in MiB, with no garbage: of a node that was started with `inspected`. */
  heldMebibytes(): Promise<number>;
}

const root = path.join(import.meta.dirname, '../../..');

/** `env` holds every variable of the process beside PATH and PORT. */
export async function createNode(name: string, env: Record<string, string>): Promise<ChaosNode> {
  const port = await reusablePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let isUp = false;
  let isEnding = false;
  let crashes = 0;
  let complaints = '';

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const kill = (signal: 'SIGTERM' | 'SIGKILL') => {
    isUp = false;
    isEnding = true;
    child?.kill(signal);
  };

  return {
    name,
    url,
    get isUp() {
      return isUp;
    },
    get crashes() {
      return crashes;
    },
    get complaints() {
      return complaints;
    },
    async start() {
      isEnding = false;
      // In a folder without `.env`, and without the variables of the test run.
      const started = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', path.join(root, 'server/main.ts')],
        {
          cwd: env['DATA_DIR'],
          env: { PATH: process.env['PATH'], ...env, PORT: String(port) },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      child = started;
      started.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
      started.on('exit', () => {
        if (!isEnding) crashes += 1;
        isUp = false;
      });
      let output = '';
      for await (const text of started.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
        output += text;
        if (!/^Proofsheet serves at /m.test(output)) continue;
        started.stdout.resume();
        isUp = isRunning();
        return;
      }
      if (!isEnding) throw new Error(`${name} ended before it served: ${output}${complaints}`);
    },
    stop: (signal) => void child?.kill(signal),
    kill: () => kill('SIGKILL'),
    async end(signal) {
      if (!child || !isRunning()) return child?.exitCode ?? null;
      const exit = once(child, 'exit');
      kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
    async heldMebibytes() {
      const [, address] = /Debugger listening on (ws:\S+)/.exec(complaints) ?? [];
      if (!address) throw new Error(`${name} was started without its inspector.`);
      await using inspector = await openInspector(address);
      await inspector.call('HeapProfiler.collectGarbage');
      const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
      const { result } = await inspector.call<{ result: { value: number } }>('Runtime.evaluate', {
        expression,
      });
      return result.value / 2 ** 20;
    },
  };
}

/** Further variables of a node whose memory is looked at. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Further variables of a node whose machine shows a time that much later than others; earlier where it is negative. */
export const shiftedClock = (shiftMs: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=${new URL('shifted-clock.ts', import.meta.url).href}`,
  CLOCK_SHIFT_MS: String(shiftMs),
});

/** Speaks the protocol of Node's inspector, one call at a time. */
async function openInspector(address: string) {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  return {
    async call<Result>(method: string, params: object = {}): Promise<Result> {
      const answer = once(socket, 'message');
      socket.send(JSON.stringify({ id: 1, method, params }));
      const [data] = (await answer) as [Buffer];
      return (JSON.parse(data.toString()) as { result: Result }).result;
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
}
