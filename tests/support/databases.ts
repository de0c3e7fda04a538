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
  const { url, drop } = await createMigratedServerDatabase();
  const database = await openDatabase({ url, dataDir: tmpdir() }).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  let closing: Promise<void> | undefined;
  return { ...database, url, close: () => (closing ??= database.close().then(drop)) };
}

export interface ServerDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new database without tables on the server of TEST_DATABASE_URL. */
export const createServerDatabase = (): Promise<ServerDatabase> => createFrom('template1');

/** A new, migrated database there: the migrations run once on each server, and this is a copy of what they made. */
export async function createMigratedServerDatabase(): Promise<ServerDatabase> {
  const template = `proofsheet_migrated_${await snapshotName()}`;
  try {
    return await createFrom(template);
  } catch (error) {
    if ((error as { code?: string }).code !== doesNotExist) throw error;
  }
  await makeTemplate(template);
  return createFrom(template);
}

/** Codes of PostgreSQL, appendix A. */
const doesNotExist = '3D000';
const alreadyExists = '42P04';

async function makeTemplate(name: string): Promise<void> {
  const { url, drop } = await createServerDatabase();
  try {
    const database = await openDatabase({ url, dataDir: tmpdir() });
    await database.close();
    // Several processes may make one: the first renames a whole database, and all are equal.
    await runOnServer(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" RENAME TO "${name}"`);
  } catch (error) {
    await drop();
    if ((error as { code?: string }).code !== alreadyExists) throw error;
  }
}

async function createFrom(template: string): Promise<ServerDatabase> {
  const name = `proofsheet_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  await runOnServer(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  return { url: url.href, drop: () => runOnServer(`DROP DATABASE "${name}" WITH (FORCE)`) };
}

function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) throw new Error('Set TEST_DATABASE_URL to a PostgreSQL server where databases may be made.');
  return url;
}

const runOnServer = (sql: string): Promise<void> => runStatements(serverUrl(), sql);

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
