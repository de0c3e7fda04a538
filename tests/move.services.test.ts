/**
 * `npm run admin -- installation move` as an operator runs it: killed twice, run again, and back. MOVE_TASKS=10000 moves
 * that many tasks.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { openDatabase } from '../server/database/open.ts';
import { createLogger } from '../server/lib/logger.ts';
import { openSource, type Place } from '../server/move/ends.ts';
import { createLocalStorage } from '../server/storage/local.ts';
import { createS3Storage } from '../server/storage/s3.ts';
import type { ImageStorage } from '../server/storage/storage.ts';
import { readPages } from '../server/tables/rows.ts';
import { listTables } from '../server/tables/tables.ts';
import { createCaller, credits, signUp } from './support/api.ts';
import { createServerDatabase, layMigratedDatabase } from './support/databases.ts';
import { fillInstallation } from './support/filled-installation.ts';
import { type S3Server, startS3Server } from './support/storage/s3-server.ts';

const taskCount = Number(process.env['MOVE_TASKS'] ?? 200);
const root = path.join(import.meta.dirname, '..');
const AUTH_SECRET = 'a secret for tests of 32 letters and more';

const opened = new AsyncDisposableStack();
let folder: string;
let s3: S3Server;
let serverUrl: string;
/** The variables of the three installations. */
let embedded: Record<string, string>;
let scaled: Record<string, string>;
let back: Record<string, string>;
/** Of a session that began before the move. */
let token: string | undefined;

const storageAt = (dataDir: string) =>
  createLocalStorage({
    folder: path.join(dataDir, 'pictures'),
    baseUrl: 'http://localhost/files',
    secret: 's',
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-move-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  s3 = await startS3Server();
  opened.defer(() => s3.close());
  const server = await createServerDatabase();
  opened.defer(() => server.drop());
  serverUrl = server.url;
  embedded = { DATA_DIR: path.join(folder, 'from'), AUTH_SECRET };
  scaled = {
    DATABASE_URL: serverUrl,
    AUTH_SECRET,
    S3_BUCKET: s3.access.bucket,
    S3_ENDPOINT: s3.access.endpoint,
    S3_REGION: s3.access.region,
    S3_ACCESS_KEY_ID: s3.access.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.access.secretAccessKey,
  };
  back = { DATA_DIR: path.join(folder, 'back'), AUTH_SECRET };
  const dataDir = embedded['DATA_DIR']!;
  await layMigratedDatabase(path.join(dataDir, 'database'));
  await withServer(embedded, async (url) => {
    ({ token } = await signUp(url));
  });
  await withDatabase(dataDir, (prisma) =>
    fillInstallation({ prisma, storage: storageAt(dataDir) }, taskCount),
  );
}, 600_000);
afterAll(() => opened.disposeAsync());

async function withDatabase(
  dataDir: string,
  work: (prisma: Awaited<ReturnType<typeof openDatabase>>['prisma']) => Promise<unknown>,
) {
  const database = await openDatabase({ dataDir });
  await work(database.prisma).finally(() => database.close());
}

async function withServer(variables: Record<string, string>, work: (url: string) => Promise<void>) {
  const config = readConfig({ ...variables, PORT: '0', LOG_LEVEL: 'fatal', SANDBOX: 'off' });
  const app = await startApp(config, createLogger('fatal'));
  await work(app.url).finally(() => app.close());
}

function run(script: string, args: string[], env: Record<string, string>) {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(root, script), ...args],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

/** Runs the command until it ends, or kills it at the first line of progress that matches. */
async function move(from: Record<string, string>, to: Record<string, string>, killAt?: RegExp) {
  const file = path.join(folder, 'target.env');
  const text = Object.entries(to).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, text.join(''));
  const startedAtMs = performance.now();
  const child = run('server/admin-command.ts', ['installation', 'move', '--to', file, '--json'], from);
  const ended = once(child, 'close');
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (killAt?.test(line)) child.kill('SIGKILL');
  });
  const printed = (await child.stdout.setEncoding('utf8').toArray()).join('');
  const [code, signal] = (await ended) as [number | null, string | null];
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  if (process.env['MOVE_TASKS'])
    console.log(`${seconds} s, ${signal ?? `exit code ${code}`}: ${lines.at(-1)}\n${printed}`);
  return { code, signal, lines, moved: code === 0 ? (JSON.parse(printed) as Moved) : undefined };
}

interface Moved {
  rows: Record<string, number>;
  files: number;
  filesAlreadyThere: number;
  filesMissing: number;
}

async function auditOf(env: Record<string, string>) {
  const child = run('scripts/audit.ts', [], env);
  const ended = once(child, 'close');
  const output = (await child.stdout.setEncoding('utf8').toArray()).join('');
  const [code] = (await ended) as [number | null];
  return { code, output };
}

/** Every row of every table, in an order of this process. */
async function rowsOf(place: Place): Promise<Record<string, string[]>> {
  const end = await openSource(place);
  const rows: Record<string, string[]> = {};
  for (const table of await listTables(end)) {
    const all: string[] = [];
    for await (const page of readPages(end, table)) all.push(...page.map((row) => JSON.stringify(row)));
    rows[table.name] = all.toSorted();
  }
  await end.close();
  return rows;
}

async function expectSameFiles(one: ImageStorage, other: ImageStorage, keys: string[]) {
  for (const key of keys)
    expect(Buffer.compare(await one.get(key), await other.get(key)), `the bytes of ${key}`).toBe(0);
}

it('refuses a target that is not empty or has another secret, and a source that is in use', async () => {
  expect((await move(embedded, { ...embedded })).lines.join()).toContain('nothing to move');
  const otherSecret = { ...scaled, AUTH_SECRET: 'another secret of 32 letters and even more' };
  expect((await move(embedded, otherSecret)).lines.join()).toContain('all sessions would end');
  const other = path.join(folder, 'other');
  await layMigratedDatabase(path.join(other, 'database'));
  await withDatabase(other, (prisma) =>
    prisma.user.create({ data: { name: 'Other', email: 'other@example.test' } }),
  );
  const taken = await move(embedded, { DATA_DIR: other, AUTH_SECRET });
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.lines.join()).toContain('has data already (User)');
  await withDatabase(embedded['DATA_DIR']!, async () => {
    const used = await move(embedded, scaled);
    expect(used).toMatchObject({ code: 1 });
    expect(used.lines.join()).toContain('is in use by');
  });
});

it('moves to PostgreSQL and S3 although it is killed twice, and back', async () => {
  const from = embedded['DATA_DIR']!;
  expect(await move(embedded, scaled, /^Task: /)).toMatchObject({ signal: 'SIGKILL' });
  // A server ran in between: what an earlier run copied is out of date.
  await withDatabase(from, (prisma) => prisma.user.updateMany({ data: { name: 'Renamed' } }));
  const before = await rowsOf({ url: undefined, dataDir: from });
  const second = await move(embedded, scaled, /^Pictures: [1-9]/);
  expect(second).toMatchObject({ signal: 'SIGKILL' });
  expect(second.lines.join()).toContain('The source has changed since an earlier run');
  const third = await move(embedded, scaled);
  expect(third.lines.join()).not.toContain('has changed');
  expect(third.code, third.lines.join('\n')).toBe(0);

  const keys = before['Image']!.flatMap((row) => {
    const { storageKey, thumbnailKey } = JSON.parse(row) as { storageKey: string; thumbnailKey: string };
    return [storageKey, thumbnailKey];
  });
  const counts = Object.fromEntries(Object.entries(before).map(([name, rows]) => [name, rows.length]));
  expect(counts).toMatchObject({ Task: taskCount, Installation: 1 });
  expect(third.moved).toMatchObject({ rows: counts, files: keys.length, filesMissing: 0 });
  expect(third.moved!.filesAlreadyThere).toBeGreaterThanOrEqual(100);
  expect(third.moved!.filesAlreadyThere).toBeLessThan(keys.length);
  expect(await rowsOf({ url: serverUrl, dataDir: folder })).toEqual(before);
  expect(await rowsOf({ url: undefined, dataDir: from })).toEqual(before);
  await expectSameFiles(storageAt(from), createS3Storage(s3.access), keys);
  expect((await auditOf(scaled)).output).toMatch(/: 0 of \d+ rules broken/);
  const again = await move(embedded, scaled);
  expect(again.lines.join()).toContain('An earlier run has finished this move');

  expect(await move(scaled, back)).toMatchObject({ code: 0, moved: { rows: counts, files: keys.length } });
  expect(await rowsOf({ url: undefined, dataDir: back['DATA_DIR']! })).toEqual(before);
  await expectSameFiles(storageAt(from), storageAt(back['DATA_DIR']!), keys);
  expect((await auditOf(back)).output).toMatch(/: 0 of \d+ rules broken/);
  await withServer(scaled, async (url) => expect(await credits(createCaller(url, token))).toBe(20));
}, 1_800_000);
