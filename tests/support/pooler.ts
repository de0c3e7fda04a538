/** PgBouncer before a PostgreSQL server, for tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { closedAddress } from './scripted-server.ts';

/** Runs the work on the database behind PgBouncer in that pool mode. */
export async function withPooler(
  database: string,
  mode: 'transaction' | 'session',
  work: (url: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-pooler-'));
  const { hostname, port, username, pathname } = new URL(database);
  const { port: listenPort } = new URL(await closedAddress());
  const settings = `
[databases]
* = host=${hostname} port=${port || 5432} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`;
  const file = path.join(folder, 'pgbouncer.ini');
  await writeFile(file, settings);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['--user=nobody'] : [];
  const pooler = spawn('pgbouncer', [...user, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const up = Promise.withResolvers<void>();
    pooler.once('error', up.reject);
    const log = createInterface(pooler.stderr);
    log.on('line', (line) => line.includes('process up') && up.resolve());
    log.once('close', () => up.reject(new Error('PgBouncer ended')));
    await up.promise;
    await work(`postgres://${username}@127.0.0.1:${listenPort}${pathname}`);
  } finally {
    const ended = once(pooler, 'close');
    if (pooler.kill('SIGKILL')) await ended;
    await rm(folder, { recursive: true });
  }
}
