/**
 * `npm run admin -- installation move` as an operator runs it: killed twice, run again, and back. MOVE_TASKS=10000 moves
 * that many tasks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSource, type Place } from '../server/move/ends.ts';
import { createS3Storage } from '../server/storage/s3.ts';
import { readPages } from '../server/tables/rows.ts';
import { listTables } from '../server/tables/tables.ts';
import { createCaller, credits, signUp } from './support/api.ts';
import { createServerDatabase, layMigratedDatabase } from './support/databases.ts';
import { fillInstallation } from './support/filled-installation.ts';
import {
  createOperator,
  expectSameFiles,
  s3Variables,
  storageAt,
  type Variables,
  withDatabase,
  withServer,
} from './support/move.ts';
import { type S3Server, startS3Server } from './support/storage/s3-server.ts';

const taskCount = Number(process.env['MOVE_TASKS'] ?? 200);
const AUTH_SECRET = 'a secret for tests of 32 letters and more';

const opened = new AsyncDisposableStack();
let folder: string;
let s3: S3Server;
let serverUrl: string;
/** The variables of the three installations. */
let embedded: Variables;
let scaled: Variables;
let back: Variables;
let operator: ReturnType<typeof createOperator>;
/** Of a session that began before the move. */
let token: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-move-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  operator = createOperator(folder);
  s3 = await startS3Server();
  opened.defer(() => s3.close());
  const server = await createServerDatabase();
  opened.defer(() => server.drop());
  serverUrl = server.url;
  embedded = { DATA_DIR: path.join(folder, 'from'), AUTH_SECRET };
  scaled = { DATABASE_URL: serverUrl, AUTH_SECRET, ...s3Variables(s3) };
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

const brokenRules = async (variables: Variables) =>
  /: (\d+) of \d+ rules broken/.exec((await operator.ran(variables, 'scripts/audit.ts')).output)?.[1];

it(
  'refuses a target that is not empty or has another secret, and a source that is in use',
  { timeout: 180_000 },
  async () => {
    expect((await operator.move(embedded, { ...embedded })).lines.join()).toContain('nothing to move');
    const otherSecret = { ...scaled, AUTH_SECRET: 'another secret of 32 letters and even more' };
    expect((await operator.move(embedded, otherSecret)).lines.join()).toContain('all sessions would end');
    const other = path.join(folder, 'other');
    await layMigratedDatabase(path.join(other, 'database'));
    await withDatabase(other, (prisma) =>
      prisma.user.create({ data: { name: 'Other', email: 'other@example.test' } }),
    );
    const taken = await operator.move(embedded, { DATA_DIR: other, AUTH_SECRET });
    expect(taken).toMatchObject({ code: 1 });
    expect(taken.lines.join()).toContain('has data already (User)');
    await withDatabase(embedded['DATA_DIR']!, async () => {
      const used = await operator.move(embedded, scaled);
      expect(used).toMatchObject({ code: 1 });
      expect(used.lines.join()).toContain('is in use by');
    });
  },
);

it('moves to PostgreSQL and S3 although it is killed twice, and back', async () => {
  const from = embedded['DATA_DIR']!;
  expect(await operator.move(embedded, scaled, /^Task: /)).toMatchObject({ signal: 'SIGKILL' });
  await expect(withServer(scaled, async () => {})).rejects.toThrow('a move into it is not finished');
  for (const [script, ...args] of [
    ['scripts/audit.ts'],
    ['server/admin-command.ts', 'backup', 'create', path.join(folder, 'part.tar')],
  ])
    expect(await operator.ran(scaled, script!, ...args)).toMatchObject({
      code: 1,
      output: expect.stringContaining('a move into it is not finished'),
    });
  // A server ran in between: what an earlier run copied is out of date.
  await withDatabase(from, (prisma) => prisma.user.updateMany({ data: { name: 'Renamed' } }));
  const before = await rowsOf({ url: undefined, dataDir: from });
  const second = await operator.move(embedded, scaled, /^Pictures: [1-9]/);
  expect(second).toMatchObject({ signal: 'SIGKILL' });
  expect(second.lines.join()).toContain('The source has changed since an earlier run');
  const third = await operator.move(embedded, scaled);
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
  expect(await brokenRules(scaled)).toBe('0');
  const again = await operator.move(embedded, scaled);
  expect(again.lines.join()).toContain('An earlier run has finished this move');

  const [node, lateNode] = [1, 2].map(() => new Client({ connectionString: serverUrl }));
  await node!.connect();
  const used = await operator.move(scaled, back).finally(() => node!.end());
  expect(used).toMatchObject({ code: 1, lines: [expect.stringContaining('in use by 1 other connection')] });
  let connected: Promise<unknown> | undefined;
  const usedLate = await operator.move(scaled, back, /^User: /, () => {
    connected = lateNode!.connect();
  });
  await connected!.then(() => lateNode!.end());
  expect(usedLate).toMatchObject({ code: 1 });
  expect(usedLate.lines.at(-1)).toContain('in use by 1 other connection');

  const returned = await operator.move(scaled, back);
  expect(returned).toMatchObject({
    code: 0,
    moved: { rows: counts, files: keys.length, filesAlreadyThere: keys.length, filesMissing: 0 },
  });
  expect(await rowsOf({ url: undefined, dataDir: back['DATA_DIR']! })).toEqual(before);
  await expectSameFiles(storageAt(from), storageAt(back['DATA_DIR']!), keys);
  expect(await brokenRules(back)).toBe('0');
  await withServer(scaled, async (url) => expect(await credits(createCaller(url, token))).toBe(20));
}, 1_800_000);

it('claims the prefixes of stored pictures, and moves tasks that are overdue', async () => {
  const dataDir = path.join(folder, 'prefixes');
  const from = { DATA_DIR: dataDir, AUTH_SECRET };
  const to = { ...from, ...s3Variables(s3), S3_PREFIX: 'second' };
  await layMigratedDatabase(path.join(dataDir, 'database'));
  let id: string | undefined;
  await withDatabase(dataDir, async (prisma) => {
    await fillInstallation({ prisma, storage: storageAt(dataDir) }, 10);
    ({ id } = await prisma.installation.findFirstOrThrow());
    const { count } = await prisma.task.updateMany({
      where: { status: { in: ['PENDING', 'PROCESSING'] } },
      data: { deadlineAt: new Date(Date.now() - 3_600_000) },
    });
    expect(count).toBe(1);
  });
  const first = `proofsheet-${id}`;
  const below = (prefix: string) => s3.keys().filter((key) => key.startsWith(`${prefix}/`));
  s3.add(`${first}/installation/another`);
  const refused = await operator.move(from, to);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.lines.at(-1)).toMatch(/belongs to another installation .* use another bucket/);
  expect(below(first)).toEqual([`${first}/installation/another`]);

  await createS3Storage(s3.access).delete(`${first}/installation/another`);
  expect(await operator.move(from, to)).toMatchObject({ code: 0, moved: { files: 14, filesMissing: 0 } });
  expect(below('second')).toEqual([`second/installation/${id}`]);
  expect(below(`${first}/installation`)).toEqual([`${first}/installation/${id}`]);
});
