/** The folders of this machine. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { isSecret } from '../data-dir.ts';
import { describeStartupError } from '../lib/startup-error.ts';
import { type Check, failed, ok, skipped, warning } from './examination.ts';

/** Below this the server does not start (`data-dir.ts`). */
const minimumFreeBytes = 100_000_000;
const comfortableFreeBytes = 1_000_000_000;

export function machineChecks(config: Config): Check[] {
  const { dataDir, databaseUrl, s3, authSecret } = config;
  const isUsed = !databaseUrl || !s3;
  return [
    {
      name: 'data folder',
      run: async () =>
        isUsed
          ? checkWritable(config)
          : skipped('Database and pictures are elsewhere: DATA_DIR is not needed.'),
    },
    { name: 'disk space', run: () => checkSpace(isUsed ? [dataDir, tmpdir()] : [tmpdir()]) },
    {
      name: 'secret',
      async run() {
        if (authSecret !== undefined) return ok('AUTH_SECRET is set.');
        if (databaseUrl) return failed('AUTH_SECRET is not set. Set it to the same value on every node.');
        return checkSecretFile(dataDir);
      },
    },
  ];
}

async function checkWritable(config: Config) {
  const folder = nearestExisting(config.dataDir);
  const isThere = folder === path.resolve(config.dataDir);
  try {
    // With the slash it has to be a folder.
    await access(`${folder}/`, constants.W_OK | constants.X_OK);
    if (isThere) {
      const probe = path.join(folder, `.probe-${randomUUID()}`);
      await writeFile(probe, 'probe');
      await rm(probe);
    }
  } catch (error) {
    throw new Error(describeStartupError(error, config) ?? (error as Error).message, { cause: error });
  }
  return ok(
    isThere ? `${folder} can be written.` : `${config.dataDir} is missing; the first start makes it.`,
  );
}

async function checkSpace(folders: string[]) {
  const free = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, bsize } = await statfs(nearestExisting(folder));
      return { folder: path.resolve(folder), bytes: bavail * bsize };
    }),
  );
  const [least] = free.toSorted((one, other) => one.bytes - other.bytes);
  const text = `${least!.folder} has ${Math.floor(least!.bytes / 1_000_000)} MB of free space`;
  if (least!.bytes < minimumFreeBytes)
    return failed(`${text}. Free some, or move the folder to another disk.`);
  if (least!.bytes < comfortableFreeBytes) return warning(`${text}. Free some soon.`);
  return ok(`${text}.`);
}

async function checkSecretFile(dataDir: string) {
  const file = path.join(dataDir, 'secret');
  if (!existsSync(file)) return ok('The first start makes a secret.');
  if (isSecret(await readFile(file, 'utf8'))) return ok(`It is in ${file}.`);
  return failed(
    `The file ${file} holds no secret of this installation. Restore it from a backup; or delete it, which ends all sessions.`,
  );
}

/** The folder, or the nearest one above it that exists. */
function nearestExisting(folder: string): string {
  const absolute = path.resolve(folder);
  return existsSync(absolute) ? absolute : nearestExisting(path.dirname(absolute));
}
