import type { AddressOf } from '../lib/client-address.ts';
import type { Log } from '../lib/log.ts';
import type { AnsweredRequest } from './server.ts';

/**
 * A line for each answered request. The query of an address is left out, as it may hold a signature, and so is the token of a
 * shared page.
 */
export function createAccessLog({ log, addressOf }: { log: Log; addressOf: AddressOf }) {
  return ({ request, requestId, status, seconds }: AnsweredRequest): void => {
    const { method, url = '/' } = request;
    const fields = {
      requestId,
      method,
      path: url
        .split(/[?#]/, 1)[0]!
        .replace(/^\/s\/[^/]*/, '/s/…')
        .slice(0, 200),
      status,
      durationMs: Math.round(seconds * 10_000) / 10,
      address: addressOf(request),
    };
    log.info({ component: 'access', ...fields }, 'answered');
  };
}
