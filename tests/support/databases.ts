/** Databases for tests: migrated, empty, and gone when closed. */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { createDatabase, openDatabase, type Database } from '../../server/database/open.ts';
import type { PrismaClient } from '../../server/generated/prisma/client.ts';
import { openPglite } from '../../server/database/pglite.ts';
import { makeSnapshot, snapshotName, unpackSnapshot } from '../../server/database/snapshot.ts';

export interface TestDatabase extends Database {
  /** Where it is, for opening it a second time; `undefined` where it is in this process's memory. */
  url: string | undefined;
}

/**
 * A fresh database: on the server that TEST_DATABASE_URL names, where it is set; otherwise in memory. `close` deletes
 * it. One for each test file is meant: opening takes about a second.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  return process.env['TEST_DATABASE_URL'] ? openTestServerDatabase() : openTestMemoryDatabase();
}

/** A fresh, migrated database on the server of TEST_DATABASE_URL. */
export async function openTestServerDatabase(): Promise<TestDatabase> {
  const { url, drop } = await createServerDatabase();
  const database = await openDatabase({ url, dataDir: tmpdir() }).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  let closing: Promise<void> | undefined;
  return { ...database, url, close: () => (closing ??= database.close().then(drop)) };
}

/** A new database without tables on the server of TEST_DATABASE_URL. */
export async function createServerDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  if (!serverUrl)
    throw new Error('Set TEST_DATABASE_URL to a PostgreSQL server where databases may be made.');
  const name = `proofsheet_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await runOnServer(serverUrl, `CREATE DATABASE "${name}"`);
  return { url: url.href, drop: () => runOnServer(serverUrl, `DROP DATABASE "${name}" WITH (FORCE)`) };
}

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A fresh, migrated PGlite in memory. */
export async function openTestMemoryDatabase(): Promise<TestDatabase> {
  const embedded = await openPglite({ snapshot: new Blob([await migratedSnapshot()]) });
  const database = createDatabase({ kind: 'pglite', prisma: embedded.prisma, close: () => embedded.close() });
  return { ...database, url: undefined };
}

/**
 * Puts a migrated, empty PGlite into the folder, which must not exist: opening it takes a tenth of the CPU time of
 * making one.
 */
export async function layMigratedDatabase(folder: string): Promise<void> {
  const template = await snapshotPath('');
  if (!existsSync(template)) {
    const snapshot = await migratedSnapshot();
    try {
      unpackSnapshot(snapshot, template);
    } catch (error) {
      // Another process may have been first; its folder is the same.
      if (!existsSync(template)) throw error;
    }
  }
  // The asynchronous one takes three times the CPU time.
  cpSync(template, folder, { recursive: true });
}

/** A migrated database as a file, made once for each state of the migrations: it loads in a fraction of the time. */
async function migratedSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const snapshotFile = await snapshotPath('.tar');
  try {
    return await readFile(snapshotFile);
  } catch {
    // The first process makes it. Several may: each renames a whole file, and all are equal.
    const unfinishedFile = `${snapshotFile}.${randomUUID()}`;
    const snapshot = await makeSnapshot();
    await writeFile(unfinishedFile, snapshot);
    await rename(unfinishedFile, snapshotFile);
    return snapshot;
  }
}

/** Where what all tests of one state of the migrations share is kept. */
const snapshotPath = async (extension: string): Promise<string> =>
  path.join(tmpdir(), `proofsheet-test-database-${await snapshotName()}${extension}`);

/** The client, and the calls that were made to it: each is one statement, unless it reads relations. */
export function withCalls(prisma: PrismaClient) {
  const calls: string[] = [];
  const counting = prisma.$extends({
    query: {
      $allOperations({ model, operation, args, query }) {
        calls.push(model === undefined ? operation : `${model}.${operation}`);
        return query(args);
      },
    },
  });
  return { prisma: counting as unknown as PrismaClient, calls };
}

/** Runs the statements over a connection of their own. */
export async function runStatements(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
