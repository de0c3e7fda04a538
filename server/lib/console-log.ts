/** Libraries that write to the console: better-auth and graphql-ws do, past the logger that they are given. */
import { formatWithOptions } from 'node:util';
import type { Log } from './log.ts';

/**
 * Sends what is written by `console.warn` and `console.error` to the log, as text without control characters; of an error
 * its description. Objects are left out, as they may hold requests with credentials.
 * @returns Puts the console back.
 */
export function logConsole(log: Log): () => void {
  const target = globalThis.console;
  const { warn, error } = target;
  const line = (words: unknown[]) => {
    const texts = words.filter((word) => typeof word !== 'object' && typeof word !== 'function');
    const cause = words.find((word) => word instanceof Error);
    // oxlint-disable-next-line no-control-regex -- colours are control sequences
    const message = formatWithOptions({ colors: false }, ...texts).replace(/\u001b\[[\d;]*m/g, '');
    return [{ component: 'library', ...(cause && { error: cause }) }, message] as const;
  };
  target.warn = (...words: unknown[]) => log.warn(...line(words));
  target.error = (...words: unknown[]) => log.error(...line(words));
  return () => Object.assign(target, { warn, error });
}
