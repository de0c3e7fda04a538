/** The process: configuration, app, and a clean stop on SIGTERM and SIGINT. */
import { startApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLogger } from './lib/logger.ts';

const stopWithinMs = 10_000;

try {
  const config = loadConfig();
  const log = createLogger(config.logLevel);
  const app = await startApp(config, log);
  console.log(`Proofsheet serves at ${app.url}`);

  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    // Whatever still hangs then is left to the leases of the next start.
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await app.close();
    log.info({}, 'stopped');
    // All is closed: timers that a library forgot are not waited for.
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
} catch (error) {
  const expected = error instanceof ConfigError || (error as Error).name === 'DataDirLocked';
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  if (expected) console.error((error as Error).message);
  else if (inUse)
    console.error(`The address is in use: ${(error as Error).message}. Set PORT to another one.`);
  else console.error(error);
  process.exit(1);
}
