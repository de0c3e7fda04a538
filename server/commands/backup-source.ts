/**
 * Where a backup reads rows: from PostgreSQL, from the folder of a stopped server, or from a copy of the embedded database
 * that the running server makes.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findPresent, idsPerRequest, operatorPaths } from '../backup/database-copy.ts';
import type { Config } from '../config/config.ts';
import { DataDirLocked, lockDataDir } from '../database/lock.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import { postgresMigrationTarget } from '../database/postgres.ts';
import { checkServer } from '../database/server-check.ts';
import { refuseUnfinishedMove } from '../database/unfinished-move.ts';
import { findServer, type RunningServer } from './connection.ts';
import { type ClosableSession, createEmbeddedSession, openPostgresSession } from '../tables/session.ts';

export interface BackupSource {
  /** Opens a session for reading the rows. */
  openSession(): Promise<ClosableSession>;
  /** Those of the images that are there now, and whose users are not being deleted. */
  findPresent(imageIds: string[]): Promise<string[]>;
}

/** @param opened closes what the source holds */
export async function openBackupSource(config: Config, opened: AsyncDisposableStack): Promise<BackupSource> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl) {
    await checkServer(databaseUrl);
    await refuseUnfinishedMove(postgresMigrationTarget(databaseUrl));
    const openSession = () => openPostgresSession(databaseUrl);
    return {
      openSession,
      findPresent: (ids) => findPresentIn(openSession, ids),
    };
  }
  try {
    const lock = lockDataDir(dataDir);
    opened.defer(() => lock.release());
  } catch (error) {
    if (error instanceof DataDirLocked) return throughServer(await findServer(config, error));
    throw error;
  }
  const openSession = () => openFolder(path.join(dataDir, 'database'));
  return {
    openSession,
    findPresent: (ids) => findPresentIn(openSession, ids),
  };
}

async function findPresentIn(open: () => Promise<ClosableSession>, ids: string[]): Promise<string[]> {
  const { query, close } = await open();
  return findPresent((text, values) => query(text, values), ids).finally(() => close());
}

async function openFolder(folder: string): Promise<ClosableSession> {
  const embedded = await openPglite({ folder });
  try {
    await refuseUnfinishedMove(pgliteMigrationTarget(embedded.pglite));
    return { ...(await createEmbeddedSession(embedded)), close: () => embedded.close() };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}

function throughServer(server: RunningServer): BackupSource {
  return {
    async openSession() {
      const { folder } = await ask<{ folder: string }>(server, operatorPaths.databaseCopy);
      const remove = () => rm(folder, { recursive: true, force: true });
      try {
        const { query, close } = await openFolder(folder);
        return { query, close: () => close().finally(remove) };
      } catch (error) {
        await remove();
        throw error;
      }
    },
    async findPresent(ids) {
      const present: string[] = [];
      for (let start = 0; start < ids.length; start += idsPerRequest) {
        const body = { ids: ids.slice(start, start + idsPerRequest) };
        present.push(...(await ask<{ ids: string[] }>(server, operatorPaths.presentImages, body)).ids);
      }
      return present;
    },
  };
}

async function ask<Answer>({ address, headers }: RunningServer, url: string, body = {}): Promise<Answer> {
  const request = { method: 'POST', headers: headers(), body: JSON.stringify(body) };
  const response = await fetch(`${address}${url}`, request).catch((error: unknown) => {
    throw new Error(`The server at ${address} does not answer.`, { cause: error });
  });
  if (!response.headers.get('content-type')?.includes('json'))
    throw new Error(`The server at ${address} answers with status ${response.status}. Try again.`);
  const answer = (await response.json()) as Answer & { error?: string };
  if (!response.ok) throw new Error(`The server at ${address} answers: ${answer.error ?? response.status}`);
  return answer;
}
