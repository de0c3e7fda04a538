import { request as sendRequest } from 'node:http';

/** Whether an address leads to this machine. The emulators never call anything else. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (
    protocol === 'http:' &&
    (/^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost')
  );
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
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  return await new Promise((resolve, reject) => {
    const request = sendRequest(address, {
      method: options.method,
      agent: false,
      signal,
      headers: options.headers ?? {},
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > options.maxBytes) response.destroy(new Error('The answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.end(options.body);
  });
}
