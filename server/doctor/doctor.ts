/** `npm run admin -- doctor`: checks everything that an installation depends on, and says what to do. */
import type { loadConfig } from '../config/config.ts';
import { clockCheck } from './clock.ts';
import { readConfiguration } from './configuration.ts';
import { databaseChecks } from './database.ts';
import { type Check, examine, type Examined } from './examination.ts';
import { machineChecks } from './machine.ts';
import { mailCheck } from './mail.ts';
import { providerChecks } from './providers.ts';
import { redisChecks } from './redis.ts';
import { storageChecks } from './storage.ts';

const checkTimeoutMs = 10_000;

/** @param load Reads the configuration; by default from the environment. @returns a finding for each check */
export function examineInstallation(load?: typeof loadConfig): Promise<Examined[]> {
  const { config, check } = readConfiguration(load);
  const checks: Check[] = config
    ? [
        check,
        ...databaseChecks(config),
        ...redisChecks(config),
        ...storageChecks(config),
        ...providerChecks(config),
        mailCheck(config),
        clockCheck(config),
        ...machineChecks(config),
      ]
    : [check];
  return examine(checks, { timeoutMs: checkTimeoutMs });
}
