/** The whole product in this process, on a port of its own and in a folder of its own. */
import { type App, startApp } from '../../server/app.ts';
import { type Config, readConfig } from '../../server/config/config.ts';
import { type Database, openAsIs } from '../../server/database/open.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { prepareInstallation } from './installation.ts';

export interface TestApp extends App {
  dataDir: string;
  /** The environment variables that it was started with. */
  variables: Record<string, string>;
  /** Stops it and starts it again on the same folder and database; `env` adds variables. */
  restart(
    env?: Record<string, string>,
    whileStopped?: (database: Database) => Promise<void>,
  ): Promise<TestApp>;
  /** Stops it and removes its folder and database. */
  remove(): Promise<void>;
}

/** Starts with a fast sandbox; `env` adds variables. The database is as in `prepareInstallation`. */
export async function startTestApp(env: Record<string, string> = {}): Promise<TestApp> {
  const installation = await prepareInstallation(env);
  const start = async (further: Record<string, string> = {}): Promise<TestApp> => {
    const variables = { ...installation.variables, ...further };
    const config = readConfig(variables);
    const app = await startApp(config, createLogger(config.logLevel));
    return {
      ...app,
      dataDir: installation.dataDir,
      variables,
      async restart(further, whileStopped) {
        await app.close();
        if (whileStopped) await withDatabase(config, whileStopped);
        return start(further);
      },
      async remove() {
        await app.close();
        await installation.remove();
      },
    };
  };
  return start();
}

async function withDatabase(
  { databaseUrl: url, dataDir }: Config,
  use: (database: Database) => Promise<void>,
): Promise<void> {
  const database = await openAsIs({ url, dataDir });
  await use(database).finally(() => database.close());
}
