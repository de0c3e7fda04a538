import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDrift, migrationsFolder, readMigrations } from './migrate.ts';
import { openPglite, pgliteMigrationTarget, type EmbeddedDatabase } from './pglite.ts';

describe('findDrift', () => {
  let embedded: EmbeddedDatabase;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-migrations-'));
    embedded = await openPglite();
  });
  afterEach(async () => {
    await embedded.close();
    await rm(folder, { recursive: true });
  });

  it('names, as SQL, what migrations lack and what they have too much', async () => {
    await writeFile(path.join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
    await mkdir(path.join(folder, '1_other'));
    await writeFile(
      path.join(folder, '1_other', 'migration.sql'),
      'CREATE TABLE "Other" ("id" int PRIMARY KEY);',
    );
    const shadow = pgliteMigrationTarget(embedded.pglite);
    const sql = await findDrift({ shadow, folder });
    expect(sql).toContain('CREATE TABLE "CreditEntry"');
    expect(sql).toContain('DROP TABLE "Other"');
  });
});

/**
 * Adding or dropping a foreign key locks both of its tables: the first two do it in the order in which every statement
 * locks them, and no node that runs meanwhile knows "ShareLink".
 */
const lockingTwo = [
  ['20261130123003_ledger-outlives-user', ['CreditEntry', 'User']],
  ['20261130123004_deleted-tasks-outlive-user', ['DeletedTask', 'User']],
  ['20261201031927_share_links_task', ['ShareLink', 'Task']],
  ['20261201031928_share_links_image', ['Image', 'ShareLink']],
];

describe('the migrations', () => {
  // A charge locks "User" before "Task", the end of a task "Task" before "User": in whatever order a migration locked
  // both, it could deadlock with one of the two. Turns red where one migration locks two older tables against writers.
  it('make nodes that write wait for one table each, so that none deadlocks with them', async () => {
    const { migrationDirectories } = await readMigrations(migrationsFolder);
    const { pglite, close } = await openPglite();
    try {
      const locked: Record<string, string[]> = {};
      for (const { path: name, migrationFile } of migrationDirectories) {
        await pglite.exec(
          'BEGIN; CREATE TEMPORARY TABLE "before" ON COMMIT DROP AS SELECT oid FROM pg_class;',
        );
        if (migrationFile.content.tag === 'ok') await pglite.exec(migrationFile.content.value);
        const { rows } = await pglite.query<{ table: string }>(
          `SELECT DISTINCT relname AS "table" FROM pg_locks JOIN "before" ON "before".oid = relation
           JOIN pg_class ON pg_class.oid = relation
           WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND "mode" = ANY($1)`,
          [['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']],
        );
        await pglite.exec('COMMIT');
        locked[name] = rows.map((row) => row.table);
      }
      expect(Object.values(locked).flat()).toContain('CreditEntry');
      const several = Object.entries(locked).filter(([, tables]) => tables.length > 1);
      expect(several.map(([name, tables]) => [name, tables.toSorted()])).toEqual(lockingTwo);
    } finally {
      await close();
    }
  });
});
