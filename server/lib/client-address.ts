/** The client address of a request, for limits. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Returns the client's address. */
export type AddressOf = (request: IncomingMessage) => string;

/** The header that passes the address to code that sees a web `Request` only; a client's own value is replaced. */
export const addressHeader = 'x-proofsheet-client-address';

/**
 * @param trustedProxies How many proxies of the installation are in front of this server. Each appends the address of its
 *   client to `X-Forwarded-For`; any client can forge the entries before those.
 */
export function createAddressOf(trustedProxies: number): AddressOf {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    const forwardedFor = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined;
    return network(forwardedFor || (socket.remoteAddress ?? ''));
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
