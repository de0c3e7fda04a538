/** Starts and stops of the whole server process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareInstallation } from '../tests/support/installation.ts';

const root = path.join(import.meta.dirname, '..');
const remove: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const each of remove) await each();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('npm start', () => {
  it('stops the server and frees DATA_DIR when npm gets SIGTERM', async () => {
    const installation = await prepareInstallation({ LOG_LEVEL: 'info' }, { isNew: true });
    remove.push(installation.remove);
    // `--ignore-scripts` skips the build of `prestart`, which the test run has done.
    const npm: ChildProcess = spawn('npm', ['start', '--silent', '--ignore-scripts'], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...installation.variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = npm.stdout!.setEncoding('utf8');
    const stopped = Promise.withResolvers<void>();
    const serving = Promise.withResolvers<void>();
    let said = '';
    output.on('data', (chunk: string) => {
      said += chunk;
      if (said.includes('Proofsheet serves at')) serving.resolve();
      if (said.includes('"msg":"stopped"')) stopped.resolve();
    });
    output.once('close', () => serving.reject(new Error(`npm ended: ${said}`)));
    await serving.promise;
    const pid = Number(await readFile(path.join(installation.dataDir, 'lock.pid'), 'utf8'));
    remove.unshift(async () => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });

    const ended = once(npm, 'exit');
    npm.kill('SIGTERM');
    await ended;
    await stopped.promise;
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect(readFile(path.join(installation.dataDir, 'lock.pid'))).rejects.toThrow('ENOENT');
    expect(said).toContain('Unpacked an empty, migrated database.');
  });
});

describe('a release', () => {
  it('serves the page from its own files, in little memory', async () => {
    const installation = await prepareInstallation({});
    const folder = path.join(installation.dataDir, 'release');
    await cp(path.join(root, 'dist/release'), folder, { recursive: true });
    expect(await readdir(path.join(folder, 'dist/database'))).toEqual(
      await readdir(path.join(root, 'dist/database')),
    );
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'server/main.ts'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...installation.variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(server, 'close');
    remove.push(async () => {
      server.kill('SIGKILL');
      await ended;
      await installation.remove();
    });
    let said = '';
    for await (const chunk of server.stdout.setEncoding('utf8')) {
      said += chunk;
      if (said.includes('\n')) break;
    }
    const url = /^Proofsheet serves at (\S+)\n/.exec(said)?.[1];
    const page = await fetch(url!);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script');
    // The young generation alone has 128 MB until `releaseMemory`.
    const heapBytes = async () =>
      Number(/^nodejs_heap_size_total_bytes (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
    await expect.poll(heapBytes).toBeLessThan(100 * 2 ** 20);
  });
});

describe('a server that cannot start', () => {
  it.each([
    [
      { DATA_DIR: path.join(root, 'package.json', 'data') },
      /^Cannot use the data folder .*package\.json.*ENOTDIR.*\n$/,
    ],
    [
      { DATABASE_URL: 'postgres://127.0.0.1:1/none', AUTH_SECRET: 'x'.repeat(32) },
      /^PostgreSQL at 127\.0\.0\.1:1 cannot be reached\. .*ECONNREFUSED.*\n$/,
    ],
    [{ HOST: '192.0.2.1' }, /^Cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)\..*\n$/],
  ])('says why in one line and exits with 1: %j', async (env, line) => {
    const installation = await prepareInstallation({});
    remove.push(installation.remove);
    const { DATABASE_URL: _, ...variables } = installation.variables;
    const server = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', path.join(root, 'server/main.ts')],
      {
        cwd: installation.dataDir,
        env: { PATH: process.env['PATH'], ...variables, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const [errors, [code]] = await Promise.all([text(server.stderr!), once(server, 'exit')]);
    expect(errors).toMatch(line);
    expect(code).toBe(1);
  });
});
