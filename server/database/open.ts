/** One Prisma client for either database. */
import path from 'node:path';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { withTimeout } from '../lib/timeout.ts';
import { lockDataDir } from './lock.ts';
import { applyMigrations, currentSchema, type MigrationTarget, pendingMigrations } from './migrate.ts';
import { copyPglite, openPglite, pgliteMigrationTarget } from './pglite.ts';
import { openPostgres, postgresMigrationTarget, schemaOf } from './postgres.ts';
import { checkServer } from './server-check.ts';
import { builtSnapshots, unpackSnapshotFile } from './snapshot.ts';
import { refuseUnfinishedMove } from './unfinished-move.ts';
import { createVacuum } from './vacuum.ts';

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
  /** Vacuums the embedded database and updates its statistics; absent with a server, which has autovacuum. */
  vacuum?: (signal?: AbortSignal) => Promise<void>;
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
 * @param options.isMoveTarget Opens it also while a move into it is not finished.
 * @throws {DataDirLocked} Where another process uses `dataDir`.
 * @throws {StartupError} Where the server cannot be used, or a move into the database is not finished: with what to do.
 */
export async function openDatabase(options: {
  url?: string | undefined;
  dataDir: string;
  snapshots?: string;
  isMoveTarget?: boolean;
  onLog?: DatabaseLog | undefined;
}): Promise<Database> {
  const { url, dataDir, snapshots = builtSnapshots, isMoveTarget = false } = options;
  const log = options.onLog ?? (() => undefined);
  const prepare = async (target: MigrationTarget) => {
    if (!isMoveTarget) await refuseUnfinishedMove(target);
    await migrate(target, log);
  };
  return url === undefined
    ? openEmbedded({ dataDir, snapshots, prepare, log })
    : openServer(url, { prepare, log });
}

interface Opening {
  /** Applies the migrations. */
  prepare: (target: MigrationTarget) => Promise<void>;
  log: DatabaseLog;
}

async function openServer(url: string, { prepare, log }: Opening): Promise<Database> {
  await checkServer(url);
  await prepare(postgresMigrationTarget(url));
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

async function openEmbedded(options: Opening & { dataDir: string; snapshots: string }): Promise<Database> {
  const { dataDir, snapshots, prepare, log } = options;
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
  await prepare(pgliteMigrationTarget(pglite));
  const parts = opened.move();
  const vacuum = createVacuum(pglite);
  return {
    ...createDatabase({ kind: 'pglite', prisma, close: () => parts.disposeAsync() }),
    copyTo: (folder) => copyPglite(pglite, path.join(dataDir, 'database'), folder),
    async vacuum(signal) {
      const count = await vacuum(signal);
      if (count > 0) log('info', `Vacuumed ${count} tables of the embedded database.`);
    },
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
 * @param options.isMoveTarget Opens it also while a move into it is not finished.
 * @throws {Error} Where the database lacks migrations of this version, or a move into it is not finished.
 * @throws {DataDirLocked} Where another process uses `dataDir`.
 */
export async function openForReading(options: {
  url?: string | undefined;
  dataDir: string;
  isMoveTarget?: boolean | undefined;
}): Promise<Pick<Database, 'prisma' | 'close'>> {
  const { url, dataDir, isMoveTarget } = options;
  if (url !== undefined) {
    await assertServerUsable(url, { isMoveTarget });
    return openPostgres({ url, isReadOnly: true });
  }
  await using opened = new AsyncDisposableStack();
  const { pglite, prisma } = await openFolder(dataDir, opened);
  await assertUsable(pgliteMigrationTarget(pglite), { isMoveTarget });
  await pglite.exec('SET default_transaction_read_only = on');
  const parts = opened.move();
  return { prisma, close: () => parts.disposeAsync() };
}

/**
 * Opens the database as it is, without migrations, beside the nodes that use a server.
 * @throws {Error} Where the database lacks migrations of this version, or a move into it is not finished.
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
    await assertServerUsable(url);
    return connectServer({ url });
  }
  await using opened = new AsyncDisposableStack();
  const { pglite, prisma } = await openFolder(dataDir, opened);
  await assertUsable(pgliteMigrationTarget(pglite));
  const parts = opened.move();
  return createDatabase({ kind: 'pglite', prisma, close: () => parts.disposeAsync() });
}

/**
 * Checks the database of a server as it is, as `assertUsable` does.
 * @throws {Error} also where it has not the schema of the address: a session would read `public` instead
 */
export async function assertServerUsable(
  url: string,
  options?: { isMoveTarget?: boolean | undefined },
): Promise<void> {
  const target = postgresMigrationTarget(url);
  const schema = await currentSchema(target);
  if (schema !== schemaOf(url))
    throw new Error(
      `The database has no schema ${schemaOf(url)}, which DATABASE_URL names, or its user may not use it.`,
    );
  await assertUsable(target, options);
}

/**
 * Checks the database as it is.
 * @throws {Error} with what to do where it lacks migrations of this version, or a move into it is not finished
 */
export async function assertUsable(
  target: MigrationTarget,
  { isMoveTarget = false }: { isMoveTarget?: boolean | undefined } = {},
): Promise<void> {
  if (!isMoveTarget) await refuseUnfinishedMove(target);
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
