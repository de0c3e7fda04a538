/** DATA_DIR: one folder, for the user of this process alone. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Secrets } from './lib/secret.ts';
import { StartupError } from './lib/startup-error.ts';

/** A new embedded database takes about 40 MB, and needs room to grow. */
const minimumFreeBytes = 100_000_000;
const ownerOnly = 0o700;

/**
 * Makes the folder where it is missing, closes it to other users, and checks that it can be written.
 * @throws {StartupError} Where less than 100 MB are free; the file system's own error where it cannot be written.
 */
export async function prepareDataDir(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: ownerOnly });
  const { mode, uid } = await stat(folder);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) await chmod(folder, ownerOnly);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < minimumFreeBytes)
    throw new StartupError(
      `The data folder ${folder} has ${Math.floor((bavail * bsize) / 1_000_000)} MB of free space; at least ` +
        `${minimumFreeBytes / 1_000_000} MB are needed. Free some, or set DATA_DIR to a folder on another disk.`,
    );
  const probe = path.join(folder, `.probe-${process.pid}`);
  await writeFile(probe, 'probe');
  await rm(probe);
}

/** 32 random bytes in base64url. */
const secretForm = /^[\w-]{43}$/;

/** Whether the content of the file `secret` is one. */
export const isSecret = (text: string) => secretForm.test(text.trim());

/**
 * Reads the secret in the file `secret` of the folder, and makes it the first time; only its owner can read the file.
 * @throws {StartupError} Where the file holds something else.
 */
export async function readSecret(folder: string): Promise<string> {
  const file = path.join(folder, 'secret');
  if (!existsSync(file)) await writeOnce(file, randomBytes(32).toString('base64url'));
  const secret = (await readFile(file, 'utf8')).trim();
  if (!isSecret(secret))
    throw new StartupError(
      `The file ${file} holds no secret of this installation. Restore it from a backup; or delete it for a new one, ` +
        'which ends all sessions.',
    );
  return secret;
}

/** The secrets with which a node of this configuration would start; makes none, so the current one may be missing. */
export async function findSecrets(config: {
  authSecret?: string | undefined;
  authSecretsAccepted?: readonly string[] | undefined;
  databaseUrl?: string | undefined;
  dataDir: string;
}): Promise<Pick<Secrets, 'accepted'> & { current: string | undefined }> {
  const { authSecret, authSecretsAccepted: accepted = [], databaseUrl, dataDir } = config;
  // Nodes on PostgreSQL do not use the file.
  const isInFile = !authSecret && !databaseUrl && existsSync(path.join(dataDir, 'secret'));
  return { current: isInFile ? await readSecret(dataDir) : authSecret, accepted };
}

/** Writes the file whole or not at all; does nothing where another process was first. */
async function writeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}

const addressFile = (folder: string) => path.join(folder, 'server.address');

/** Records where the server that uses the folder listens, for the operators' command. @returns removes the record */
export async function writeAddress(folder: string, host: string, port: number): Promise<() => Promise<void>> {
  const isAny = host === '0.0.0.0' || host === '::' || host === '';
  const name = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  await writeFile(addressFile(folder), `http://${name}:${port}\n`, { mode: 0o600 });
  return () => rm(addressFile(folder), { force: true });
}

/** Where the server that uses the folder listens; undefined where none has recorded it. */
export async function readAddress(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(addressFile(folder), 'utf8')).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws {Error} with what to do where the embedded database is configured and not there */
export function assertDatabase({
  databaseUrl,
  dataDir,
}: {
  databaseUrl?: string | undefined;
  dataDir: string;
}): void {
  if (!databaseUrl && !existsSync(path.join(dataDir, 'database')))
    throw new Error(`There is no database in ${path.resolve(dataDir)}. Set DATA_DIR or DATABASE_URL.`);
}
