/**
 * One owner for DATA_DIR: two processes on one PGlite folder lose rows without a word. SQLite's lock on an open file
 * belongs to the process, so the operating system lifts it even after `kill -9`, and no process id is ever trusted.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../lib/startup-error.ts';

/** SQLite's result code for a file that another connection has locked (sqlite.org/rescode.html). */
const sqliteBusy = 5;

// A lock that were collected as garbage would be lifted while its folder is still in use.
const held = new Set<DatabaseSync>();

/** The folder belongs to another process, or was opened in this one before. */
export class DataDirLocked extends StartupError {
  override name = 'DataDirLocked';
}

/**
 * Takes a folder, made where it is missing, for this process alone, until `release` or the end of the process.
 * Nothing else may open or close the file `lock` in this process: that would lift the lock (POSIX, `fcntl`).
 * @throws {DataDirLocked} Where it is taken.
 */
export function lockDataDir(dataDir: string) {
  const folder = path.resolve(dataDir);
  const holderFile = path.join(folder, 'lock.pid');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new DatabaseSync(path.join(folder, 'lock'));
  try {
    // With its journal in memory, a crash leaves nothing behind that a successor would have to repair.
    file.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    throw new DataDirLocked(lockedMessage(folder, readHolder(holderFile)), { cause: error });
  }
  held.add(file);
  writeFileSync(holderFile, `${process.pid}\n`);
  return {
    /** Does nothing the second time. */
    release(): void {
      if (!held.delete(file)) return;
      rmSync(holderFile, { force: true });
      file.close();
    },
  };
}

function readHolder(holderFile: string): string | undefined {
  try {
    return readFileSync(holderFile, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function lockedMessage(folder: string, holder: string | undefined): string {
  const isOwn = holder === String(process.pid);
  const user = isOwn ? `this process (${holder}) already` : holder ? `process ${holder}` : 'another process';
  return (
    `The data folder ${folder} is in use by ${user}. Only one process may use it: ` +
    'stop that one, give this one another DATA_DIR, or set DATABASE_URL to share a PostgreSQL database.'
  );
}
