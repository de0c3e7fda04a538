/** The product as it is run: a process of its own, in a folder of its own, which can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Database, openDatabase } from '../../server/database/open.ts';
import { prepareInstallation } from './installation.ts';

export interface Installation {
  /** Starts the server; resolves with its address once it serves. */
  start(): Promise<string>;
  /** Ends the server by the signal, and resolves with its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Process id of the last start. */
  pid(): number;
  /** Everything that was written to stdout and stderr so far, by every start. */
  output(): string;
  /** The database, once the server has ended; the caller that opens it closes it. */
  openDatabase(): Promise<Database>;
  /** What `npm run audit` prints, and its exit code. */
  audit(): Promise<{ code: number | null; output: string }>;
  /** Kills what still runs, and removes folder and database. */
  remove(): Promise<void>;
}

const root = path.join(import.meta.dirname, '../..');

/** `env` adds variables. The database is as in `prepareInstallation`. */
export async function createInstallation(env: Record<string, string> = {}): Promise<Installation> {
  const { dataDir, variables, remove } = await prepareInstallation(env);
  let child: ChildProcess | undefined;
  let output = '';

  function run(script: string, stderr: 'pipe' | 'inherit') {
    // In a folder without `.env`, and without the variables of the test process.
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, script)], {
      cwd: dataDir,
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', stderr],
    });
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    // Not `exit`, after which there may still be output.
    const exit = once(child, 'close');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  return {
    async start() {
      const started = run('server/main.ts', 'pipe');
      child = started;
      const before = output.length;
      const served = Promise.withResolvers<string>();
      const take = (text: string) => {
        output += text;
        const url = /^Proofsheet serves at (\S+)\n/m.exec(output.slice(before))?.[1];
        if (url !== undefined) served.resolve(url);
      };
      for (const stream of [started.stdout, started.stderr]) stream?.setEncoding('utf8').on('data', take);
      started.once('close', () =>
        served.reject(new Error(`The server ended before it served: ${output.slice(before)}`)),
      );
      return served.promise;
    },
    output: () => output,
    pid: () => child!.pid!,
    openDatabase: () => openDatabase({ url: variables['DATABASE_URL'], dataDir }),
    end,
    async audit() {
      const script = run('scripts/audit.ts', 'inherit');
      const exit = once(script, 'exit');
      const output = (await script.stdout!.setEncoding('utf8').toArray()).join('');
      const [code] = (await exit) as [number | null];
      return { code, output };
    },
    async remove() {
      await end('SIGKILL');
      await remove();
    },
  };
}
