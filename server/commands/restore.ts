/** `npm run admin -- backup restore`: into a new database and storage, all of it or nothing. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openUnsignedStorage } from '../adapters.ts';
import type { LocalWork } from '../admin/command/commands.ts';
import { type CheckedBackup, checkBackup } from '../backup/archive-reader.ts';
import { digestOf, UnusableBackup } from '../backup/format.ts';
import { assertEmpty, restoreBackup } from '../backup/restore.ts';
import { readMigrationNames } from '../backup/snapshot-rows.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { findSecrets, prepareDataDir } from '../data-dir.ts';
import { lockDataDir } from '../database/lock.ts';
import {
  applyMigrations,
  migrationsFolder,
  type MigrationTarget,
  readMigrations,
} from '../database/migrate.ts';
import { openForReading } from '../database/open.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import { postgresMigrationTarget } from '../database/postgres.ts';
import { checkServer } from '../database/server-check.ts';
import { builtSnapshots, unpackSnapshotFile } from '../database/snapshot.ts';
import { refuseUnfinishedMove } from '../database/unfinished-move.ts';
import { auditInstallation } from '../installation-audit.ts';
import { refuseOtherSessions } from '../tables/other-sessions.ts';
import { createEmbeddedSession, openPostgresSession, type Session } from '../tables/session.ts';
import { listTables } from '../tables/tables.ts';
import { deadlineRule } from '../tasks/audit.ts';
import { onInterrupt } from './interrupt.ts';
import { countUnreadableBy, describeUnreadable } from '../webhooks/delivery/unreadable-secrets.ts';

export const restore: LocalWork = async ([file = ''], { 'new-secret': newSecret = false }, report) => {
  const config = loadConfig({ isServing: false });
  const checked = await checkBackup(file);
  await assertKnown(file, checked);
  if (newSecret !== true) assertSecret(file, config, checked);
  report(`The file is whole. Restoring what was there at ${checked.manifest.createdAt}.`);
  if (!config.databaseUrl || !config.s3) await prepareDataDir(config.dataDir);
  const { signal, stop } = onInterrupt();
  try {
    const into = config.databaseUrl ? intoServer : intoFolder;
    await into(config, checked, { file, signal });
  } finally {
    stop();
  }
  report('Restored. Auditing.');
  const { results: all, tasks, entries } = await auditInstallation(config);
  // Without a server, tasks pass their deadlines; the next start ends them.
  const results = all.filter(({ rule }) => rule !== deadlineRule);
  const broken = results.filter(({ faults }) => faults.length > 0);
  if (broken.length > 0)
    throw new Error(
      `Restored, but ${broken.length} of ${results.length} rules are broken, as npm run audit shows:\n` +
        broken.map(({ rule }) => rule).join('\n'),
    );
  const unreadable = await countUnreadableSecrets(config);
  if (unreadable > 0) report(describeUnreadable(unreadable));
  return {
    of: checked.manifest.createdAt,
    tasks,
    entries,
    objects: checked.objects,
    rulesThatHold: results.length,
    ...(unreadable > 0 && { unreadableWebhookSecrets: unreadable }),
  };
};

const ownMigrations = async () =>
  (await readMigrations(migrationsFolder)).migrationDirectories.map(({ path: name }) => name);

/** @throws {UnusableBackup} where it has migrations that this version lacks, or other ones */
async function assertKnown(file: string, { manifest }: CheckedBackup): Promise<void> {
  const own = await ownMigrations();
  const unknown = manifest.migrations.find((name, index) => own[index] !== name);
  if (unknown !== undefined)
    throw new UnusableBackup(
      `${file} was written by version ${manifest.version} with the migration ${unknown}, which this version does not know. ` +
        'Use that version or a newer one.',
    );
}

/** @throws {Error} where sessions and secrets of webhooks would be lost */
function assertSecret(file: string, config: Config, checked: CheckedBackup): void {
  const { authSecret, authSecretsAccepted = [], databaseUrl } = config;
  const { secret } = checked;
  const { secretDigest } = checked.manifest;
  const takesFile = authSecret === undefined && secret !== undefined && !databaseUrl;
  const known = [authSecret, ...authSecretsAccepted].map((each) => each && digestOf(each));
  if (secretDigest === null || takesFile || known.includes(secretDigest)) return;
  throw new Error(
    `${authSecret ? 'AUTH_SECRET is not that' : 'Set AUTH_SECRET to that'} of the installation that was backed up` +
      `${secret === undefined ? '' : `, which tar -xOf ${file} secret prints`}. Where it was replaced since, add that to ` +
      'AUTH_SECRETS_ACCEPTED. With another one all sessions end and secrets of webhooks are lost; add --new-secret if that is ' +
      'what you want.',
  );
}

/** What the node that starts on the new installation cannot read: the backup may be of the middle of a rotation. */
async function countUnreadableSecrets(config: Config): Promise<number> {
  const secrets = await findSecrets(config);
  const { prisma, close } = await openForReading({ url: config.databaseUrl, dataDir: config.dataDir });
  const count = await countUnreadableBy(secrets, prisma).finally(() => close());
  return count ?? 0;
}

interface Options {
  file: string;
  signal: AbortSignal;
}

interface FillOptions extends Options {
  session: Session;
  target: MigrationTarget;
  /** The id of the unused installation in the database, which this one replaces; undefined where there is none. */
  unusedId: string | undefined;
}

/** Brings the schema to the backup's migration, puts the backup in, and applies the later migrations. */
async function fill(
  config: Config,
  checked: CheckedBackup,
  { file, signal, session, target, unusedId }: FillOptions,
): Promise<void> {
  const storage = await openUnsignedStorage(config);
  const last = checked.manifest.migrations.at(-1)!;
  await applyMigrations(target, migrationsFolder, last);
  const newest = (await readMigrationNames(session)).at(-1)!;
  if (newest > last)
    throw new Error(
      `The database has the migration ${newest}, which is newer than the backup. Restore into a new database.`,
    );
  await restoreBackup(file, checked, { session, storage, unusedId, prefix: config.s3?.prefix, signal });
  await applyMigrations(target);
}

async function intoServer(config: Config, checked: CheckedBackup, options: Options): Promise<void> {
  const url = config.databaseUrl!;
  await checkServer(url);
  const session = await openPostgresSession(url);
  try {
    await refuseOtherSessions(session);
    const target = postgresMigrationTarget(url);
    const unusedId = await findUnused(session, target);
    await fill(config, checked, { ...options, session, target, unusedId });
  } finally {
    await session.close();
  }
}

/** Into a new folder, which takes the place of an empty database at the end. */
async function intoFolder(config: Config, checked: CheckedBackup, options: Options): Promise<void> {
  const { dataDir, authSecret } = config;
  const lock = lockDataDir(dataDir);
  const folder = path.join(dataDir, 'database');
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    const unusedId = existsSync(folder) ? await withFolder(folder, findUnused) : undefined;
    // Of the newest migration; any other database is made by the migrations.
    if ((await ownMigrations()).length === checked.manifest.migrations.length)
      await unpackSnapshotFile(builtSnapshots, unfinished).catch(() =>
        rm(unfinished, { recursive: true, force: true }),
      );
    await withFolder(unfinished, (session, target) =>
      fill(config, checked, { ...options, session, target, unusedId }),
    );
    if (checked.secret !== undefined && !authSecret)
      await writeFile(path.join(dataDir, 'secret'), `${checked.secret}\n`, { mode: 0o600, flush: true });
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
    lock.release();
  }
}

/** The id of the installation in a database that has nothing else. */
async function findUnused(session: Session, target: MigrationTarget): Promise<string | undefined> {
  await refuseUnfinishedMove(target);
  return assertEmpty(session, await listTables(session));
}

async function withFolder<Result>(
  folder: string,
  work: (session: Session, target: MigrationTarget) => Promise<Result>,
): Promise<Result> {
  const embedded = await openPglite({ folder });
  try {
    return await work(await createEmbeddedSession(embedded), pgliteMigrationTarget(embedded.pglite));
  } finally {
    await embedded.close();
  }
}
