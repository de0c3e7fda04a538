/** The client address of a request, for limits. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Returns the client's address. */
export type AddressOf = (request: IncomingMessage) => string;

/** The header that passes the address to code that sees a web `Request` only; a client's own value is replaced. */
export const addressHeader = 'x-proofsheet-client-address';

/** Addresses whose network is remembered; a forged one may be long. */
const maxKnown = 1_000;
const longestAddress = 64;

/**
 * @param trustedProxies How many proxies of the installation are in front of this server. Each appends the address of its
 *   client to `X-Forwarded-For`; any client can forge the entries before those.
 */
export function createAddressOf(trustedProxies: number): AddressOf {
  const networks = new LRUCache<string, string>({ max: maxKnown, memoMethod: network });
  return ({ headers, socket }) => {
    const forwarded = trustedProxies > 0 ? headers['x-forwarded-for'] : undefined;
    const forwardedFor = forwarded && String(forwarded).split(',').at(-trustedProxies)?.trim();
    const address = forwardedFor || (socket.remoteAddress ?? '');
    return address.length > longestAddress ? network(address) : networks.memo(address);
  };
}

/** The address without a port; for IPv6 its /64 network, as one client has all addresses of such a network. */
function network(address: string): string {
  const host = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1');
  if (!isIPv6(host) || host.startsWith('::ffff:')) return host;
  const [start = '', end] = host.split('::');
  const groups = start.split(':').filter(Boolean);
  const rest = end?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  const all = [...groups, ...zeros, ...rest];
  return `${all.slice(0, 4).join(':')}::/64`;
}
