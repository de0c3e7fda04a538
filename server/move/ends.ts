/** Opens the database that is moved, and the one that it moves to. */
import path from 'node:path';
import { lockDataDir } from '../database/lock.ts';
import { pendingMigrations } from '../database/migrate.ts';
import { openDatabase, openForReading } from '../database/open.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import { postgresMigrationTarget } from '../database/postgres.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { sleep } from '../lib/sleep.ts';
import { type ClosableSession, createEmbeddedSession, openPostgresSession } from '../tables/session.ts';

/** A PostgreSQL server, or the embedded database in the folder. */
export interface Place {
  url: string | undefined;
  dataDir: string;
}

export interface End extends ClosableSession {
  /** Reads the same database by Prisma. */
  read<Result>(work: (prisma: PrismaClient) => Promise<Result>): Promise<Result>;
}

export interface Source extends End {
  /** @throws {Error} where others have connected to the server since it was opened */
  assertUnused(): Promise<void>;
}

/**
 * Opens the database as it is, while no server uses it.
 * @throws {DataDirLocked} Where one uses the folder.
 * @throws {Error} Where others are connected to the server, or the schema is older than this version.
 */
export async function openSource(place: Place): Promise<Source> {
  const end = await openEnd(place, true);
  try {
    // The folder is locked instead.
    const assertUnused = async () => (place.url === undefined ? undefined : refuseOthers(end));
    await assertUnused();
    return { ...end, assertUnused };
  } catch (error) {
    await end.close();
    throw error;
  }
}

/** Opens the database with the schema of this version, made where it is missing. */
export async function openTarget(place: Place): Promise<End> {
  await (await openDatabase(place)).close();
  return openEnd(place, false);
}

async function openEnd({ url, dataDir }: Place, mustBeCurrent: boolean): Promise<End> {
  if (url !== undefined) {
    if (mustBeCurrent) refuseOld(await pendingMigrations(postgresMigrationTarget(url)));
    return {
      ...(await openPostgresSession(url)),
      async read(work) {
        const { prisma, close } = await openForReading({ url, dataDir });
        return work(prisma).finally(() => close());
      },
    };
  }
  await using opened = new AsyncDisposableStack();
  const lock = lockDataDir(dataDir);
  opened.defer(() => lock.release());
  const embedded = await openPglite({ folder: path.join(dataDir, 'database') });
  opened.defer(() => embedded.close());
  if (mustBeCurrent) refuseOld(await pendingMigrations(pgliteMigrationTarget(embedded.pglite)));
  const session = await createEmbeddedSession(embedded);
  const parts = opened.move();
  return { ...session, read: (work) => work(embedded.prisma), close: () => parts.disposeAsync() };
}

function refuseOld(pending: string[]): void {
  if (pending.length > 0)
    throw new Error(
      `The database is older than this version: it lacks the migrations ${pending.join(', ')}. ` +
        'Start the server once, which applies them, or use the version that serves this database.',
    );
}

const attempts = 10;
const attemptMs = 500;

/** Connections of a server that has just stopped may take a moment to end. */
async function refuseOthers(end: End): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const others = await end.query<{ application: string; address: string }>(
      `SELECT coalesce(nullif("application_name", ''), 'unnamed') AS "application",
        coalesce("client_addr"::text, 'this machine') AS "address"
      FROM pg_stat_activity
      WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()
        -- Hidden where the session is of a role that this one may not see.
        AND coalesce("backend_type", 'client backend') = 'client backend'`,
    );
    if (others.length === 0) return;
    if (attempt === attempts)
      throw new Error(
        `The database is in use by ${others.length} other connection(s): ` +
          `${[...new Set(others.map(({ application, address }) => `${application} at ${address}`))].join(', ')}. ` +
          'Stop every node, and what else is connected, and run this again.',
      );
    await sleep(attemptMs);
  }
}
