import { type Config, loadConfig } from '../config/config.ts';
import { type Check, failed, ok, warning } from './examination.ts';

/** The least number of different characters in a random secret of 32 letters and digits, with a margin. */
const minDifferentCharacters = 10;

/** Reads the configuration as the server does; also without the secret that only serving needs. */
export function readConfiguration(load = loadConfig): { config: Config | undefined; check: Check } {
  const attempt = (isServing: boolean) => {
    try {
      return { config: load({ isServing }) };
    } catch (error) {
      return { fault: (error as Error).message };
    }
  };
  const { config, fault } = attempt(true);
  return {
    config: config ?? attempt(false).config,
    check: {
      name: 'configuration',
      async run() {
        if (fault !== undefined) return failed(`${fault.replaceAll(/\s+/g, ' ')}. Correct these variables.`);
        const warnings = [...config!.warnings, ...weakSecret(config!)];
        return warnings.length > 0 ? warning(warnings.join(' ')) : ok('Every variable is well formed.');
      },
    },
  };
}

function weakSecret({ authSecret }: Config): string[] {
  if (authSecret === undefined || new Set(authSecret).size >= minDifferentCharacters) return [];
  return ['AUTH_SECRET can be guessed. Set it to the output of: openssl rand -base64 32'];
}
