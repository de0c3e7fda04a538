/** Which pages may act with the user's cookie. */
import type { IncomingMessage } from 'node:http';

export type OriginCheck = (request: IncomingMessage) => boolean;

/**
 * Allows requests that no browser sent from another origin's page: those whose `Origin` is listed, and those without one
 * that are not marked as another's. A link may lead here from anywhere.
 */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  const origins = new Set(allowed);
  return ({ headers, method }) => {
    if (headers.origin !== undefined) return origins.has(headers.origin);
    const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    // Absent where no browser sends it; `none` where the user typed the address.
    return (
      isLink || [undefined, 'same-origin', 'none'].includes(headers['sec-fetch-site'] as string | undefined)
    );
  };
}
