/** Which pages may act with the user's cookie, and read what the server answers them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';

export type OriginCheck = (request: IncomingMessage) => boolean;

/** The origin at which a request reached the server: `http://nas.local:4000`; undefined where its Host header is no host. */
export type OwnOrigin = (request: IncomingMessage) => string | undefined;

/**
 * The scheme is http, as this server speaks no TLS itself; behind trusted proxies, what the outermost of them reports in
 * `X-Forwarded-Proto`.
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

/**
 * Lets pages of listed origins read the answers: https://fetch.spec.whatwg.org/#http-cors-protocol. Sets the headers that
 * an origin of `origins` needs, and answers its preflight; true where the answer is given.
 */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  // Also where none is allowed now: a cache must not give the answer to another.
  response.setHeader('Vary', 'Origin');
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader(
    'Access-Control-Expose-Headers',
    'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
  );
  if (request.method !== 'OPTIONS' || method === undefined) return false;
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '',
    'Access-Control-Max-Age': '600',
  });
  response.end();
  return true;
}

/**
 * For one request: an address of this server, as its caller reaches it. The same function for requests whose callers
 * reach it at the same address.
 */
export type FileAddresses = (request: IncomingMessage) => (url: string) => string;

/** Addresses at which pages are open. */
const maxOrigins = 100;

/**
 * Files that this server serves itself have their address under `publicUrl`. A page that was opened at another address of
 * the server gets them at that one: the public one may mean nothing to its browser, as `localhost` on another machine.
 * @param options.isPublicUrlSet Whether the operator has set it. Shared pages then have their address there in any case:
 *   they are for readers elsewhere.
 */
export function createFileAddresses(options: {
  publicUrl: string;
  isPublicUrlSet: boolean;
  ownOrigin: OwnOrigin;
}): FileAddresses {
  const { publicUrl, isPublicUrlSet, ownOrigin } = options;
  const moved = isPublicUrlSet ? [`${publicUrl}/files/`] : [`${publicUrl}/files/`, `${publicUrl}/s/`];
  const unchanged = (url: string) => url;
  const byOrigin = new LRUCache<string, (url: string) => string>({ max: maxOrigins });
  const at = (origin: string) => (url: string) =>
    moved.some((start) => url.startsWith(start)) ? origin + url.slice(publicUrl.length) : url;
  return (request) => {
    const { origin } = request.headers;
    const isOwnPage = origin !== undefined && origin !== publicUrl && origin === ownOrigin(request);
    if (!isOwnPage) return unchanged;
    if (!byOrigin.has(origin)) byOrigin.set(origin, at(origin));
    return byOrigin.get(origin)!;
  };
}
