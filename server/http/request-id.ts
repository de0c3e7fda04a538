/** The id of a request, which its response and its log lines have. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const requestIdHeader = 'X-Request-Id';

/**
 * The caller's own id where it is well formed: 1 to 128 letters, digits, dots, underscores and hyphens. Else a new one, also
 * where an API key was sent as the id by mistake: logs must not have it.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^(?!psk_)[\w.-]{1,128}$/.test(id) ? id : randomUUID();
}
