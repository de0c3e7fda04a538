/** The rows of all tables at one instant, in files: a picture is copied while the database is free again. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isOwnTable } from '../database/migrate.ts';
import { readPages } from '../tables/rows.ts';
import { inTransaction, type Session } from '../tables/session.ts';
import { listTables, readSequences, type Table } from '../tables/tables.ts';
import type { Manifest } from './format.ts';

export interface SnapshotRows extends Pick<Manifest, 'createdAt' | 'migrations' | 'tables' | 'sequences'> {
  /** The file of a table: a row a line, as `readPages` has it. */
  fileOf(table: string): string;
}

/** Writes the rows into files in the folder, in one transaction that only reads. */
export async function readSnapshot(
  session: Session,
  folder: string,
  signal: AbortSignal,
): Promise<SnapshotRows> {
  const fileOf = (table: string) => path.join(folder, `${table}.ndjson`);
  return inTransaction(session, 'snapshot', async () => {
    const [{ createdAt } = { createdAt: '' }] = await session.query<{ createdAt: string }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "createdAt"`,
    );
    const tables: Record<string, number> = {};
    for (const table of await listTables(session))
      tables[table.name] = await writeRows(session, table, { file: fileOf(table.name), signal });
    const migrations = await readMigrationNames(session);
    return { createdAt, migrations, tables, sequences: await readSequences(session), fileOf };
  });
}

async function writeRows(
  session: Session,
  table: Table,
  { file, signal }: { file: string; signal: AbortSignal },
): Promise<number> {
  let count = 0;
  await pipeline(
    async function* () {
      for await (const page of readPages(session, table)) {
        signal.throwIfAborted();
        count += page.length;
        yield page.map((row) => `${JSON.stringify(row)}\n`).join('');
      }
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
  return count;
}

/** The applied migrations, oldest first; none where the schema has no history. */
export async function readMigrationNames(session: Session): Promise<string[]> {
  const [table] = await session.query<{ exists: boolean }>(
    `SELECT ${isOwnTable('_prisma_migrations')} AS "exists"`,
  );
  if (!table?.exists) return [];
  const rows = await session.query<{ name: string }>(`
    SELECT "migration_name" AS "name" FROM "_prisma_migrations"
    WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY 1`);
  return rows.map(({ name }) => name);
}
