import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDrift } from './migrate.ts';
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
