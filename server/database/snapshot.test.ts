import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pendingMigrations } from './migrate.ts';
import { openPglite, pgliteMigrationTarget } from './pglite.ts';
import { makeSnapshot, unpackSnapshot, unpackSnapshotFile, writeSnapshotFile } from './snapshot.ts';

let root: string;
let archive: Uint8Array;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'proofsheet-snapshot-'));
  archive = await makeSnapshot();
});
afterAll(() => rm(root, { recursive: true }));

it('has all migrations, and no row or sequence that installations would share', async () => {
  const folder = path.join(root, 'database');
  unpackSnapshot(archive, folder);
  const { pglite, close } = await openPglite({ folder });
  try {
    expect(await pendingMigrations(pgliteMigrationTarget(pglite))).toEqual([]);
    const { rows: tables } = await pglite.query<{ name: string }>(
      "SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    );
    const filled: string[] = [];
    for (const { name } of tables) {
      const { rows } = await pglite.query(`SELECT FROM ${name} LIMIT 1`);
      if (rows.length > 0) filled.push(name);
    }
    expect(filled).toEqual(['_prisma_migrations']);
    expect((await pglite.query('SELECT FROM pg_sequences WHERE last_value IS NOT NULL')).rows).toEqual([]);
  } finally {
    await close();
  }
});

it('leaves no folder where the archive is damaged', async () => {
  const folder = path.join(root, 'damaged');
  expect(() => unpackSnapshot(archive.subarray(0, 100_000), folder)).toThrow('damaged');
  expect(await readdir(root)).not.toContainEqual(expect.stringMatching(/^damaged/));
});

it('is used only where it has the present migrations and the folder is missing', async () => {
  const from = path.join(root, 'snapshots');
  const folder = path.join(root, 'new');
  await mkdir(from);
  await writeFile(path.join(from, 'of-other-migrations.tar.gz'), '');
  expect(await unpackSnapshotFile(from, folder)).toBe(false);

  await writeSnapshotFile(from);
  expect(await readdir(from)).toHaveLength(1);
  expect(await unpackSnapshotFile(from, folder)).toBe(true);
  expect(await unpackSnapshotFile(from, folder)).toBe(false);
});
