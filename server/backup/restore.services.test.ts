/** `npm run admin -- backup restore` where something is already: nodes, an installation that was never used, part of a move. */
import path from 'node:path';
import { Client } from 'pg';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { admin, embeddedPlace, type Place, serverPlace, start } from '../../tests/support/backup-drill.ts';
import { fillInstallation } from '../../tests/support/filled-installation.ts';
import { runStatements } from '../../tests/support/databases.ts';
import { s3Variables, storageAt, withDatabase } from '../../tests/support/move.ts';
import { type S3Server, startS3Server } from '../../tests/support/storage/s3-server.ts';

/** Several commands start. */
const timeout = 180_000;
const AUTH_SECRET = 'a secret for tests of 32 letters and more';

/** A backup of ten tasks, of which one is overdue, and 14 files. */
async function backUp(): Promise<string> {
  const from = await embeddedPlace();
  const dataDir = from.variables['DATA_DIR']!;
  await withDatabase(dataDir, async (prisma) => {
    await fillInstallation({ prisma, storage: storageAt(dataDir) }, 10);
    await prisma.task.updateMany({
      where: { status: { in: ['PENDING', 'PROCESSING'] } },
      data: { deadlineAt: new Date(Date.now() - 3_600_000) },
    });
  });
  const file = path.join(dataDir, 'backup.tar');
  expect(
    await admin({ variables: { ...from.variables, AUTH_SECRET } }, 'backup', 'create', file),
  ).toMatchObject({
    code: 0,
  });
  return file;
}

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
  return () => s3.close();
});

const withPrefix = ({ variables }: Place, prefix: string): Place => ({
  variables: { ...variables, AUTH_SECRET, ...s3Variables(s3), S3_PREFIX: prefix },
});
const below = (prefix: string) => s3.keys().filter((key) => key.startsWith(`${prefix}/`));

it.each([
  ['PostgreSQL', () => serverPlace(AUTH_SECRET)],
  ['the embedded database', () => embeddedPlace()],
])(
  'restores over an unused installation on %s that has claimed its S3_PREFIX',
  { timeout },
  async (_, open) => {
    const file = await backUp();
    const prefix = `of-${crypto.randomUUID()}`;
    const to = withPrefix(await open(), prefix);
    await (await start(to)).close();
    const [marker] = below(prefix);
    expect(marker).toMatch(/\/installation\//);

    const other = await admin(withPrefix(await open(), prefix), 'backup', 'restore', file);
    expect(other).toMatchObject({
      code: 1,
      error: expect.stringContaining(`belongs to another installation (${marker})`),
    });
    expect(below(prefix)).toEqual([marker]);

    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({ code: 0 });
    expect(below(prefix)).toHaveLength(15);
    expect(below(`${prefix}/installation`)).toEqual([marker]);
  },
);

it(
  'refuses a server that nodes use, one that a move is filling, and one that is not empty',
  { timeout },
  async () => {
    const file = await backUp();
    const to = await serverPlace(AUTH_SECRET);
    const url = to.variables['DATABASE_URL']!;
    const node = new Client({ connectionString: url, application_name: 'a node' });
    await node.connect();
    onTestFinished(() => node.end());
    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/in use by 1 other connection\(s\): a node at .*Stop every node/),
    });
    await node.end();

    await runStatements(url, 'CREATE TABLE "_unfinished_move" ("installation" text PRIMARY KEY)');
    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringContaining('a move into it is not finished'),
    });
    await runStatements(url, 'DROP TABLE "_unfinished_move"');
    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({ code: 0 });

    // As an installation of the version before: it is refused before it is migrated.
    const isNewest = '"migration_name" = (SELECT max("migration_name") FROM "_prisma_migrations")';
    await runStatements(url, `DELETE FROM "_prisma_migrations" WHERE ${isNewest}`);
    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/The database is not empty: there are rows in .*User/),
    });
  },
);
