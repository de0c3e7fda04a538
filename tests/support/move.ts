/** Runs `npm run admin -- installation move`, and what an operator runs before and after it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { startApp } from '../../server/app.ts';
import { readConfig } from '../../server/config/config.ts';
import { openDatabase } from '../../server/database/open.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { createLocalStorage } from '../../server/storage/local.ts';
import type { ImageStorage } from '../../server/storage/storage.ts';
import type { S3Server } from './storage/s3-server.ts';

const root = path.join(import.meta.dirname, '../..');

/** The variables of an installation. */
export type Variables = Record<string, string>;

export const s3Variables = ({ access }: S3Server): Variables => ({
  S3_BUCKET: access.bucket,
  S3_ENDPOINT: access.endpoint,
  S3_REGION: access.region,
  S3_ACCESS_KEY_ID: access.accessKeyId,
  S3_SECRET_ACCESS_KEY: access.secretAccessKey,
});

export const storageAt = (dataDir: string) =>
  createLocalStorage({
    folder: path.join(dataDir, 'pictures'),
    baseUrl: 'http://localhost/files',
    secret: 's',
  });

export async function withDatabase(
  dataDir: string,
  work: (prisma: Awaited<ReturnType<typeof openDatabase>>['prisma']) => Promise<unknown>,
) {
  const database = await openDatabase({ dataDir });
  await work(database.prisma).finally(() => database.close());
}

export async function withServer(variables: Variables, work: (url: string) => Promise<void>) {
  const config = readConfig({ ...variables, PORT: '0', LOG_LEVEL: 'fatal', SANDBOX: 'off' });
  const app = await startApp(config, createLogger('fatal'));
  await work(app.url).finally(() => app.close());
}

export interface Moved {
  rows: Record<string, number>;
  files: number;
  filesAlreadyThere: number;
  filesMissing: number;
}

/** @param folder Where the commands run. */
export function createOperator(folder: string) {
  const run = (script: string, args: string[], env: Variables) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, script), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  return {
    /**
     * Runs the command until it ends.
     * @param at The first line of progress that matches calls `act`, which kills the command.
     */
    async move(
      from: Variables,
      to: Variables,
      at?: RegExp,
      act = (child: ChildProcess): void => void child.kill('SIGKILL'),
    ) {
      const file = path.join(folder, 'target.env');
      const text = Object.entries(to).map(([name, value]) => `${name}=${value}\n`);
      await writeFile(file, text.join(''));
      const startedAtMs = performance.now();
      const child = run('server/admin-command.ts', ['installation', 'move', '--to', file, '--json'], from);
      const ended = once(child, 'close');
      const lines: string[] = [];
      let isReached = false;
      createInterface(child.stderr).on('line', (line) => {
        lines.push(line);
        if (isReached || !at?.test(line)) return;
        isReached = true;
        act(child);
      });
      const printed = (await child.stdout.setEncoding('utf8').toArray()).join('');
      const [code, signal] = (await ended) as [number | null, string | null];
      const seconds = Math.round((performance.now() - startedAtMs) / 1000);
      if (process.env['MOVE_TASKS'])
        console.log(`${seconds} s, ${signal ?? `exit code ${code}`}: ${lines.at(-1)}\n${printed}`);
      return { code, signal, lines, moved: code === 0 ? (JSON.parse(printed) as Moved) : undefined };
    },
    /** Runs another command. @returns all that it printed */
    async ran(env: Variables, script: string, ...args: string[]) {
      const child = run(script, args, env);
      const ended = once(child, 'close');
      const [output, error] = await Promise.all(
        [child.stdout, child.stderr].map(async (stream) =>
          (await stream.setEncoding('utf8').toArray()).join(''),
        ),
      );
      const [code] = (await ended) as [number | null];
      return { code, output: `${output}${error}` };
    },
  };
}

export async function expectSameFiles(one: ImageStorage, other: ImageStorage, keys: string[]) {
  for (const key of keys)
    expect(Buffer.compare(await one.get(key), await other.get(key)), `the bytes of ${key}`).toBe(0);
}
