import { once } from 'node:events';
import { request as sendRequest, type IncomingMessage } from 'node:http';
import { readBody } from './http-server.ts';

/** Whether an address leads to this machine. The emulators never call anything else. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/.test(hostname);
}

/**
 * One request on a connection of its own, so that nothing stays open. Redirects are not followed.
 * @throws {Error} where the address is not on this machine, there is no response within `timeoutMs`, the response is larger
 *   than `maxBytes`, or `signal` aborts.
 */
export async function callLoopback(
  address: string,
  options: {
    method: 'GET' | 'POST';
    headers?: Record<string, string>;
    body?: string;
    maxBytes: number;
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<{ status: number; body: Buffer }> {
  if (!isLoopback(address)) throw new Error('Only addresses on this machine are called');
  const { method, headers = {}, maxBytes, timeoutMs } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  const request = sendRequest(address, { method, agent: false, signal, headers });
  // An error after the response has begun is thrown by the reading of its body.
  request.on('error', () => {}).end(options.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = await readBody(response, maxBytes);
  if (!body) throw new Error('The answer is too large');
  return { status: response.statusCode ?? 0, body };
}
