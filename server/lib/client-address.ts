/** Who a request comes from, for limits. */
import type { IncomingMessage } from 'node:http';

/** The address of whoever a request was sent by. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * @param trustedProxies How many proxies of ours stand before this server. Each appends to `X-Forwarded-For` whom it was
 *   asked by; what stands before those entries, anybody may have written.
 */
export function createAddressOf(trustedProxies: number): AddressOf {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    const told = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined;
    return told || (socket.remoteAddress ?? '');
  };
}
