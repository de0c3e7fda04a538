/** Opens the database that is moved, and the one that it moves to. */
import path from 'node:path';
import { lockDataDir } from '../database/lock.ts';
import { assertServerUsable, assertUsable, openDatabase, openForReading } from '../database/open.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { refuseOtherSessions } from '../tables/other-sessions.ts';
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
 * @throws {Error} Where others are connected to the server, the schema is older than this version, or a move into the
 * database is not finished.
 */
export async function openSource(place: Place): Promise<Source> {
  const end = await openEnd(place, { isMoveTarget: false });
  try {
    // The folder is locked instead.
    const assertUnused = async () => (place.url === undefined ? undefined : refuseOtherSessions(end));
    await assertUnused();
    return { ...end, assertUnused };
  } catch (error) {
    await end.close();
    throw error;
  }
}

/** Opens the database with the schema of this version, made where it is missing. */
export async function openTarget(place: Place): Promise<End> {
  await (await openDatabase({ ...place, isMoveTarget: true })).close();
  return openEnd(place, { isMoveTarget: true });
}

async function openEnd({ url, dataDir }: Place, options: { isMoveTarget: boolean }): Promise<End> {
  if (url !== undefined) {
    await assertServerUsable(url, options);
    return {
      ...(await openPostgresSession(url)),
      async read(work) {
        const { prisma, close } = await openForReading({ url, dataDir, ...options });
        return work(prisma).finally(() => close());
      },
    };
  }
  await using opened = new AsyncDisposableStack();
  const lock = lockDataDir(dataDir);
  opened.defer(() => lock.release());
  const embedded = await openPglite({ folder: path.join(dataDir, 'database') });
  opened.defer(() => embedded.close());
  await assertUsable(pgliteMigrationTarget(embedded.pglite), options);
  const session = await createEmbeddedSession(embedded);
  const parts = opened.move();
  return { ...session, read: (work) => work(embedded.prisma), close: () => parts.disposeAsync() };
}
