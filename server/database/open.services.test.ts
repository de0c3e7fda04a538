import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAsIs, openDatabase, openForReading } from './open.ts';
import { openPostgres, postgresMigrationTarget } from './postgres.ts';
import { createServerDatabase } from '../../tests/support/databases.ts';

describe('openDatabase with a server', () => {
  let url: string;
  let drop: () => Promise<void>;
  beforeEach(async () => {
    ({ url, drop } = await createServerDatabase());
  });
  afterEach(() => drop());

  it('migrates once where four processes start at the same time', async () => {
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
      const onLog = (level, message) => process.stdout.write(message);
      const database = await openDatabase({ url: process.env.TEST_URL, dataDir: '.', onLog });
      await database.check();
      await database.close();`;
    const openElsewhere = async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, TEST_URL: url },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [said, complaint, [exitCode]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit'),
      ]);
      return { said, failure: exitCode === 0 ? '' : complaint };
    };
    const outcomes = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere(), openElsewhere()]);
    expect(outcomes.map((outcome) => outcome.failure)).toEqual(['', '', '', '']);
    expect(outcomes.filter((outcome) => outcome.said.includes('Applied'))).toHaveLength(1);

    const { prisma, close } = openPostgres({ url });
    const history = await prisma.$queryRaw<{ times: number }[]>`
      SELECT count(*)::int AS times FROM "_prisma_migrations" GROUP BY "migration_name"`;
    await close();
    expect(new Set(history.map((row) => row.times))).toEqual(new Set([1]));
  });

  it('keeps rows when opened again, and reads instants right on a server in another time zone', async () => {
    const name = new URL(url).pathname.slice(1);
    const first = await openDatabase({ url, dataDir: tmpdir() });
    const createdAt = new Date('2026-07-01T12:00:00.001Z');
    await first.prisma.user.create({
      data: { id: 'u', name: 'Someone', email: 'e@example.test', createdAt },
    });
    await first.prisma.$executeRawUnsafe(`ALTER DATABASE "${name}" SET timezone = 'Asia/Kolkata'`);
    await Promise.all([first.close(), first.close()]);

    const second = await openDatabase({ url, dataDir: tmpdir() });
    const user = await second.prisma.user.findUniqueOrThrow({ where: { id: 'u' } });
    await second.close();
    expect(user.createdAt).toEqual(createdAt);
  });

  // Turns red where the limits of the database hold for migrations or the audit.
  it('migrates, and reads for the audit, without a time limit that the database sets', async () => {
    const first = await openDatabase({ url, dataDir: tmpdir() });
    const name = new URL(url).pathname.slice(1);
    for (const setting of ['statement_timeout', 'lock_timeout'])
      await first.prisma.$executeRawUnsafe(`ALTER DATABASE "${name}" SET ${setting} = '1s'`);
    await first.close();
    const limits = `SELECT current_setting('statement_timeout') AS "statement", current_setting('lock_timeout') AS "lock"`;

    const { adapter } = await postgresMigrationTarget(url).connect();
    const { rows } = await adapter.queryRaw({ sql: limits, args: [], argTypes: [] });
    await adapter.dispose();
    expect(rows).toEqual([['0', '0']]);

    const { prisma, close } = await openForReading({ url, dataDir: tmpdir() });
    const found = await prisma.$queryRawUnsafe(limits);
    await close();
    expect(found).toEqual([{ statement: '0', lock: '0' }]);
  });

  it('reads no other schema where that of the address is missing', async () => {
    await (await openDatabase({ url, dataDir: tmpdir() })).close();
    const address = new URL(url);
    address.searchParams.set('schema', 'misspelt');
    for (const open of [openForReading, openAsIs])
      await expect(open({ url: address.href, dataDir: tmpdir() })).rejects.toThrow('no schema misspelt');
  });

  it('prepares a statement once a connection, and goes on after the server has dropped the connections', async () => {
    const lost: string[] = [];
    const database = await openDatabase({ url, dataDir: tmpdir(), onLog: (level) => lost.push(level) });
    const { prisma } = database;
    await prisma.user.count();
    await prisma.user.count();
    const prepared = await prisma.$queryRaw<{ statement: string }[]>`
      SELECT statement FROM pg_prepared_statements WHERE name LIKE 'proofsheet_%' AND statement LIKE 'SELECT COUNT%'`;
    expect(prepared).toHaveLength(1);

    const drops = prisma.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()`;
    await expect(drops).rejects.toThrow();
    await expect(database.check()).resolves.toBeUndefined();
    await database.close();
  });
});

describe('openDatabase with a server that falls silent', () => {
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const { hostname, port } = new URL(url);
    const upstream = connect(Number(port || 5432), hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    sockets.push(client, upstream);
    if (silent) return;
    setTimeout(() => client.pipe(upstream).pipe(client), acceptsAfterMs);
  });
  let url: string;
  let proxiedUrl: string;
  let drop: () => Promise<void>;
  let silent = false;
  let acceptsAfterMs = 0;
  const fallSilent = () => {
    silent = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  beforeEach(async () => {
    ({ url, drop } = await createServerDatabase());
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const proxied = new URL(url);
    proxied.hostname = '127.0.0.1';
    proxied.port = String((proxy.address() as AddressInfo).port);
    proxied.password ||= 'canary';
    proxiedUrl = proxied.href;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await once(proxy.close(), 'close');
    silent = false;
    acceptsAfterMs = 0;
    await drop();
  });

  it('rejects at the start within seconds, without the password in its words', async () => {
    fallSilent();
    const startedAt = performance.now();
    const error = await openDatabase({ url: proxiedUrl, dataDir: tmpdir() }).catch(
      (reason: unknown) => reason,
    );
    expect(performance.now() - startedAt).toBeLessThan(7_000);
    expect(error).toBeInstanceOf(Error);
    expect(String((error as Error).stack)).not.toContain(new URL(proxiedUrl).password);
  });

  it('rejects checks and queries within seconds, and answers again once the server does', async () => {
    const database = await openDatabase({ url: proxiedUrl, dataDir: tmpdir() });
    await database.check();
    fallSilent();
    const startedAt = performance.now();
    await Promise.all([
      expect(database.check()).rejects.toThrow(),
      expect(database.prisma.user.count()).rejects.toThrow(),
      expect(database.prisma.$transaction((tx) => tx.user.count())).rejects.toThrow(),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    silent = false;
    await expect(database.check()).resolves.toBeUndefined();
    expect(await database.prisma.user.count()).toBe(0);
    await database.close();
  });

  it('drops every idle connection at once where the server is silent, and none for a slow statement', async () => {
    const lost: string[] = [];
    const onLog = (level: string, message: string) => level === 'warn' && lost.push(message);
    const database = await openDatabase({ url: proxiedUrl, dataDir: tmpdir(), onLog });
    const { prisma } = database;
    // One after the other they would share a connection.
    const asked = Array.from({ length: 5 }, () => prisma.$queryRaw`SELECT pg_sleep(4)::text`);
    await Promise.all(asked);
    expect(lost).toEqual([]);
    fallSilent();
    await expect.poll(() => lost.length).toBe(5);
    silent = false;
    expect(await prisma.user.count()).toBe(0);
    await database.close();
  });

  it('drops no connection while the server takes long to accept one', async () => {
    const lost: string[] = [];
    const onLog = (level: string, message: string) => level === 'warn' && lost.push(message);
    acceptsAfterMs = 2_800;
    const database = await openDatabase({ url: proxiedUrl, dataDir: tmpdir(), onLog });
    const { prisma } = database;
    await Promise.all(Array.from({ length: 5 }, () => prisma.$queryRaw`SELECT pg_sleep(0.1)::text`));
    expect(lost).toEqual([]);
    await database.close();
  });

  it('drops no connection while one of them receives', async () => {
    const lost: string[] = [];
    const onLog = (level: string, message: string) => level === 'warn' && lost.push(message);
    const database = await openDatabase({ url: proxiedUrl, dataDir: tmpdir(), onLog });
    const { prisma } = database;
    const connections = () => sockets.filter(({ destroyed }) => !destroyed);
    // Each client is followed by its upstream.
    const otherEnd = (socket: Socket) => sockets[sockets.indexOf(socket) ^ 1]!;
    const before = new Set(connections());
    // Two at once need two connections, one of them new.
    await Promise.all([0, 1].map(() => prisma.$queryRaw`SELECT pg_sleep(0.1)::text`));
    const paused = connections().filter((socket) => before.has(socket));
    for (const socket of paused) socket.unpipe().pause();
    // Longer than the heartbeat waits, and shorter than its query may take.
    for (let asked = 0; asked < 4; asked += 1) await prisma.$queryRaw`SELECT pg_sleep(1)::text`;
    expect(lost).toEqual([]);
    // The late answer finds its connection still in use, so that it is closed with the others.
    for (const socket of paused) socket.pipe(otherEnd(socket)).on('error', () => undefined);
    await prisma.$queryRaw`SELECT pg_sleep(1)::text`;
    await database.close();
    await expect.poll(() => connections().length).toBe(0);
  });
});
