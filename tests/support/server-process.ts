/** The product as it is run: a process of its own, in a folder of its own, which can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { layGround } from './installation.ts';

export interface Installation {
  /** Starts the server; resolves with its address once it serves. */
  start(): Promise<string>;
  /** Ends the server by the signal, and resolves with its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** What `npm run audit` prints, and its exit code. */
  audit(): Promise<{ code: number | null; output: string }>;
  /** Kills what still runs, and removes folder and database. */
  remove(): Promise<void>;
}

const root = path.join(import.meta.dirname, '../..');

/** `env` adds variables. The database is as in `layGround`. */
export async function createInstallation(env: Record<string, string> = {}): Promise<Installation> {
  const { dataDir, variables, remove } = await layGround(env);
  let child: ChildProcess | undefined;

  function run(script: string) {
    // In a folder without `.env`, and without the variables of whoever runs the tests.
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, script)], {
      cwd: dataDir,
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  return {
    async start() {
      const started = run('server/main.ts');
      child = started;
      let output = '';
      for await (const text of started.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
        output += text;
        const url = /^Proofsheet serves at (\S+)\n/m.exec(output)?.[1];
        if (url === undefined) continue;
        started.stdout.resume();
        return url;
      }
      throw new Error(`The server ended before it served: ${output}`);
    },
    end,
    async audit() {
      const script = run('scripts/audit.ts');
      const exit = once(script, 'exit');
      const output = (await script.stdout.setEncoding('utf8').toArray()).join('');
      const [code] = (await exit) as [number | null];
      return { code, output };
    },
    async remove() {
      await end('SIGKILL');
      await remove();
    },
  };
}
