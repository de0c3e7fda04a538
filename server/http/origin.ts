/** Which pages may act with the user's cookie. */
import type { IncomingMessage } from 'node:http';

export type OriginCheck = (request: IncomingMessage) => boolean;

/**
 * Allows requests that no browser sent from another site's page: those without `Origin` and not marked cross-site, and
 * those whose `Origin` is listed.
 */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  const origins = new Set(allowed);
  return ({ headers, method }) => {
    if (headers.origin !== undefined) return origins.has(headers.origin);
    const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    return headers['sec-fetch-site'] !== 'cross-site' || isLink;
  };
}
