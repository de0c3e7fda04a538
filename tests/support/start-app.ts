/** The whole product in this process, on a port of its own and in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, startApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/lib/logger.ts';

export interface TestApp extends App {
  dataDir: string;
  /** Stops it and starts it again on the same folder. */
  restart(): Promise<TestApp>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts with the fastest sandbox; `env` adds variables. */
export async function startTestApp(env: Record<string, string> = {}, dataDir?: string): Promise<TestApp> {
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'proofsheet-')));
  const defaults = {
    PORT: '0',
    DATA_DIR: folder,
    SANDBOX_SPEED: '40',
    POLL_INTERVAL_MS: '50',
    LOG_LEVEL: 'fatal',
  };
  const variables = { ...defaults, ...env };
  const app = await startApp(readConfig(variables), createLogger(variables.LOG_LEVEL));
  return {
    ...app,
    dataDir: folder,
    async restart() {
      await app.close();
      return startTestApp(env, folder);
    },
    async remove() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
