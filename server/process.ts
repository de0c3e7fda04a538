/** The process: configuration, app, and a clean stop on SIGTERM and SIGINT. */
import { inspect } from 'node:util';
import { startApp } from './app.ts';
import { isRunByNpm, loadConfig } from './config/config.ts';
import { logConsole } from './lib/console-log.ts';
import { createLogger } from './lib/logger.ts';
import { describeStartupError } from './lib/startup-error.ts';

const stopWithinMs = 10_000;
const parentCheckMs = 500;

/**
 * Calls back once when the parent process has ended. npm starts the server through a shell, which ends on SIGTERM without
 * passing the signal on; the server would keep running with DATA_DIR locked.
 */
function whenParentEnds(callback: () => void): void {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    callback();
  }, parentCheckMs);
  timer.unref();
}

/** While the server starts, there is nothing to finish. */
let stop = async (_signal: string): Promise<void> => process.exit(0);
// From the first moment: npm may end before the server has started.
if (isRunByNpm()) whenParentEnds(() => void stop('the end of npm'));

const settings = { host: '127.0.0.1', port: 4000, dataDir: '.data' };

try {
  const config = loadConfig();
  Object.assign(settings, config);
  const log = createLogger(config.logLevel);
  logConsole(log);
  const app = await startApp(config, log);

  let isStopping = false;
  stop = async (signal) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    // Steps that still run then are recovered by their leases after the next start.
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await app.close();
    log.info({}, 'stopped');
    // Everything is closed; timers that a library left running must not delay the exit.
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  console.log(`Proofsheet serves at ${app.url}`);
} catch (error) {
  const line = describeStartupError(error, settings);
  process.stderr.write(`${line ?? inspect(error)}\n`);
  process.exit(1);
}
