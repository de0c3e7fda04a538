/** The whole product in this process, on a port of its own and in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, startApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { createServerDatabase } from '../../server/database/testing.ts';
import { createLogger } from '../../server/lib/logger.ts';

export interface TestApp extends App {
  dataDir: string;
  /** Stops it and starts it again on the same folder and database. */
  restart(): Promise<TestApp>;
  /** Stops it and removes its folder and database. */
  remove(): Promise<void>;
}

const defaults = {
  PORT: '0',
  SANDBOX_SPEED: '40',
  POLL_INTERVAL_MS: '50',
  LOG_LEVEL: 'fatal',
  // Tests make accounts faster than people do.
  SIGN_INS_PER_MINUTE: '100000',
};

/**
 * Starts with a fast sandbox; `env` adds variables. The database is embedded, or one of its own on the server that
 * TEST_DATABASE_URL names.
 */
export async function startTestApp(env: Record<string, string> = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  const database = process.env['TEST_DATABASE_URL'] ? await createServerDatabase() : undefined;
  const server = database && {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'a secret for tests of 32 letters and more',
  };
  const variables: Record<string, string> = { ...defaults, DATA_DIR: dataDir, ...server, ...env };
  const start = async (): Promise<TestApp> => {
    const app = await startApp(readConfig(variables), createLogger(variables['LOG_LEVEL']!));
    return {
      ...app,
      dataDir,
      async restart() {
        await app.close();
        return start();
      },
      async remove() {
        await app.close();
        await database?.drop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  };
  return start();
}
