/** Who a request comes from, for limits. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** The address of whoever a request was sent by. */
export type AddressOf = (request: IncomingMessage) => string;

/** The header in which the address reaches what sees a web `Request` only; what the caller wrote there is replaced. */
export const addressHeader = 'x-proofsheet-client-address';

/**
 * @param trustedProxies How many proxies of ours stand before this server. Each appends to `X-Forwarded-For` whom it was
 *   asked by; what stands before those entries, anybody may have written.
 */
export function createAddressOf(trustedProxies: number): AddressOf {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    const forwardedFor = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined;
    return network(forwardedFor || (socket.remoteAddress ?? ''));
  };
}

/** IPv6 is given out by networks of 64 bits: one caller has as many addresses as they like. A port is no part of it. */
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
