/** The files and the database of a product under test: a new folder, and a new database where a server is named. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMigratedServerDatabase, createServerDatabase, layMigratedDatabase } from './databases.ts';

/** Variables of every test: a free port, and a fast sandbox. */
const defaults = {
  PORT: '0',
  SANDBOX_SPEED: '40',
  POLL_INTERVAL_MS: '50',
  LOG_LEVEL: 'fatal',
  // Tests sign up faster than users do.
  SIGN_INS_PER_MINUTE: '100000',
  SIGNUPS_PER_ADDRESS_PER_DAY: '100000',
};

export interface InstallationFiles {
  dataDir: string;
  /** The environment variables to start the product with. */
  variables: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * The database is embedded, or a new one on the server that TEST_DATABASE_URL names. `env` adds variables.
 * @param options.isNew Leave it empty, as before the first start; by default the database is migrated.
 */
export async function prepareInstallation(
  env: Record<string, string>,
  options = { isNew: false },
): Promise<InstallationFiles> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  const isOnServer = process.env['TEST_DATABASE_URL'] !== undefined;
  // One that the test has made itself is in `env`.
  const makesDatabase = isOnServer && env['DATABASE_URL'] === undefined;
  const create = options.isNew ? createServerDatabase : createMigratedServerDatabase;
  const database = makesDatabase ? await create() : undefined;
  if (!isOnServer && !options.isNew) await layMigratedDatabase(path.join(dataDir, 'database'));
  const server = isOnServer && {
    ...(database && { DATABASE_URL: database.url }),
    AUTH_SECRET: 'a secret for tests of 32 letters and more',
  };
  return {
    dataDir,
    variables: { ...defaults, ...server, ...env, DATA_DIR: dataDir },
    async remove() {
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
