/** Decides which pages may act with the user's cookie. */
import type { IncomingMessage } from 'node:http';

export type OriginCheck = (request: IncomingMessage) => boolean;

/** The origin at which a request reached the server: `http://nas.local:4000`; undefined where its Host header is no host. */
export type OwnOrigin = (request: IncomingMessage) => string | undefined;

/**
 * The scheme is http, as this server speaks no TLS itself. Behind trusted proxies it is the one that the outermost of them
 * reports in `X-Forwarded-Proto`; what a proxy replaces in `Host` is not looked for elsewhere.
 *
 * @param trustedProxies How many proxies of the installation stand before this server.
 */
export function createOwnOrigin(trustedProxies: number): OwnOrigin {
  return ({ headers }) => {
    const { host } = headers;
    if (host === undefined || !isHost(host)) return undefined;
    const reported = String(headers['x-forwarded-proto'] ?? '').split(',');
    const scheme = trustedProxies > 0 ? (reported.at(-trustedProxies) ?? reported[0])?.trim() : 'http';
    return URL.parse(`${scheme === 'https' ? 'https' : 'http'}://${host}`)?.origin;
  };
}

/** Whether the text can be a Host header: a name or an address, with or without a port. */
export function isHost(text: string): boolean {
  return /^[\w.:[\]-]+$/.test(text);
}

/**
 * Refuses requests that a browser sends from a page of another origin. Allowed are requests whose `Origin` is the one at
 * which they reached the server or is listed, requests without one that are not marked as cross-site, and links.
 *
 * A page whose name resolves to this server (DNS rebinding) passes as well. It gets no cookie of any other name, so it can
 * act only as a visitor.
 */
export function createOriginCheck(allowed: readonly string[], ownOrigin: OwnOrigin): OriginCheck {
  const origins = new Set(allowed);
  return (request) => {
    const { headers, method } = request;
    if (headers.origin !== undefined)
      return origins.has(headers.origin) || headers.origin === ownOrigin(request);
    const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    // Absent where no browser sends it; `none` where the user typed the address.
    return (
      isLink || [undefined, 'same-origin', 'none'].includes(headers['sec-fetch-site'] as string | undefined)
    );
  };
}
