/** One Prisma client for either database. */
import path from 'node:path';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { withTimeout } from '../lib/timeout.ts';
import { lockDataDir } from './lock.ts';
import { applyMigrations, type MigrationTarget, pendingMigrations } from './migrate.ts';
import { copyPglite, openPglite, pgliteMigrationTarget } from './pglite.ts';
import { openPostgres, postgresMigrationTarget } from './postgres.ts';
import { checkServer } from './server-check.ts';
import { builtSnapshots, unpackSnapshotFile } from './snapshot.ts';

const checkTimeoutMs = 3_000;

export interface Database {
  prisma: PrismaClient;
  kind: 'pglite' | 'postgres';
  /** What every instant that comes from the database, or is written to it, is compared with: the clock behind its `now()`. */
  clock: Clock;
  /** Resolves where the database responds; rejects after 3 seconds, or immediately where its loss is known. */
  check(): Promise<void>;
  /**
   * Copies the embedded database, as of one instant, to a folder that does not exist, while queries wait; absent with a
   * server.
   */
  copyTo?: (folder: string) => Promise<void>;
  /** Waits for running queries, then closes connections and files and releases the lock. Does nothing the second time. */
  close(): Promise<void>;
}

/** Told what an operator should know: never an address, a credential or a row. */
type DatabaseLog = (level: 'info' | 'warn', message: string) => void;

/**
 * Opens the database and applies the migrations that it lacks; any number of processes may do so at once.
 * @param options.url A PostgreSQL server. Absent: PGlite in `<dataDir>/database`, for this process alone.
 * @param options.snapshots The folder with the snapshot from which a new `<dataDir>/database` is made, if it has one for these
 * migrations.
 * @throws {DataDirLocked} Where another process uses `dataDir`.
 * @throws {StartupError} Where the server cannot be used: with the cause and what to do.
 */
export async function openDatabase(options: {
  url?: string | undefined;
  dataDir: string;
  snapshots?: string;
  onLog?: DatabaseLog | undefined;
}): Promise<Database> {
  const { url, dataDir, snapshots = builtSnapshots, onLog: log = () => undefined } = options;
  return url === undefined ? openEmbedded({ dataDir, snapshots, log }) : openServer(url, log);
}

async function openServer(url: string, log: DatabaseLog): Promise<Database> {
  await checkServer(url);
  await migrate(postgresMigrationTarget(url), log);
  return connectServer({
    url,
    onConnectionLost: (reason) => log('warn', `A connection to PostgreSQL was lost (${reason}).`),
  });
}

async function connectServer(options: Parameters<typeof openPostgres>[0]): Promise<Database> {
  const { prisma, clock, askTime, close } = openPostgres(options);
  try {
    await askTime();
  } catch (error) {
    await close();
    throw error;
  }
  return createDatabase({ kind: 'postgres', prisma, clock, close });
}

async function openEmbedded(options: {
  dataDir: string;
  snapshots: string;
  log: DatabaseLog;
}): Promise<Database> {
  const { dataDir, snapshots, log } = options;
  await using opened = new AsyncDisposableStack();
  const { pglite, prisma } = await openFolder(dataDir, opened, async (folder) => {
    try {
      if (await unpackSnapshotFile(snapshots, folder)) log('info', 'Unpacked an empty, migrated database.');
    } catch (error) {
      // It only saves time: the migrations make the same database.
      log(
        'warn',
        `The snapshot of an empty database was not used, run \`npm run build\` again: ${String(error)}`,
      );
    }
  });
  await migrate(pgliteMigrationTarget(pglite), log);
  const parts = opened.move();
  return {
    ...createDatabase({ kind: 'pglite', prisma, close: () => parts.disposeAsync() }),
    copyTo: (folder) => copyPglite(pglite, path.join(dataDir, 'database'), folder),
  };
}

/**
 * Locks and opens the embedded database; `opened` closes it and releases the lock.
 * @param prepare Called with its folder, under the lock, before it is opened.
 */
async function openFolder(
  dataDir: string,
  opened: AsyncDisposableStack,
  prepare?: (folder: string) => Promise<void>,
) {
  const lock = lockDataDir(dataDir);
  opened.defer(() => lock.release());
  const folder = path.join(dataDir, 'database');
  await prepare?.(folder);
  const embedded = await openPglite({ folder });
  opened.defer(() => embedded.close());
  return embedded;
}

/**
 * Opens the database as it is, for reading: no migration is applied, and the database refuses every write. An embedded
 * one is locked meanwhile, and recovers from a crash as at any opening.
 * @throws {Error} Where the database lacks migrations of this version.
 * @throws {DataDirLocked} Where another process uses `dataDir`.
 */
export async function openForReading(options: {
  url?: string | undefined;
  dataDir: string;
}): Promise<Pick<Database, 'prisma' | 'close'>> {
  const { url, dataDir } = options;
  if (url !== undefined) {
    await refuseOldSchema(postgresMigrationTarget(url));
    return openPostgres({ url, isReadOnly: true });
  }
  await using opened = new AsyncDisposableStack();
  const { pglite, prisma } = await openFolder(dataDir, opened);
  await refuseOldSchema(pgliteMigrationTarget(pglite));
  await pglite.exec('SET default_transaction_read_only = on');
  const parts = opened.move();
  return { prisma, close: () => parts.disposeAsync() };
}

/**
 * Opens the database as it is, without migrations, beside the nodes that use a server.
 * @throws {Error} Where the database lacks migrations of this version.
 * @throws {DataDirLocked} Where another process uses `dataDir`.
 */
export async function openAsIs({
  url,
  dataDir,
}: {
  url?: string | undefined;
  dataDir: string;
}): Promise<Database> {
  if (url !== undefined) {
    await refuseOldSchema(postgresMigrationTarget(url));
    return connectServer({ url });
  }
  await using opened = new AsyncDisposableStack();
  const { pglite, prisma } = await openFolder(dataDir, opened);
  await refuseOldSchema(pgliteMigrationTarget(pglite));
  const parts = opened.move();
  return createDatabase({ kind: 'pglite', prisma, close: () => parts.disposeAsync() });
}

async function refuseOldSchema(target: MigrationTarget): Promise<void> {
  const pending = await pendingMigrations(target);
  if (pending.length > 0)
    throw new Error(
      `The database is older than this version: it lacks the migrations ${pending.join(', ')}. ` +
        'Start the server once, which applies them, or use the version that serves this database.',
    );
}

/** A `Database` over a client that is migrated already. */
export function createDatabase(parts: {
  kind: Database['kind'];
  prisma: PrismaClient;
  /** Absent: the database runs in this process, on the machine's clock. */
  clock?: Clock;
  close: () => Promise<void>;
}): Database {
  let closing: Promise<void> | undefined;
  return {
    kind: parts.kind,
    prisma: parts.prisma,
    clock: parts.clock ?? systemClock,
    async check() {
      const message = 'The database did not answer in time.';
      await withTimeout(checkTimeoutMs, message, parts.prisma.$queryRaw`SELECT 1`);
    },
    close: () => (closing ??= parts.close()),
  };
}

async function migrate(target: MigrationTarget, log: DatabaseLog): Promise<void> {
  const applied = await applyMigrations(target);
  if (applied.length > 0) log('info', `Applied migrations: ${applied.join(', ')}.`);
}
