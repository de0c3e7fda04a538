import type { ExecutionArgs } from 'graphql';
import { withCleanup } from '../lib/with-cleanup.ts';

/**
 * Ends the results of a subscription once the signal aborts. `graphql-ws` ends only those that it has under their id, and
 * that it removes at the end of an older operation with the same id, which the client had ended before its result.
 */
export function endWithSocket(
  closed: AbortSignal,
  subscribe: (args: ExecutionArgs) => unknown,
): (args: ExecutionArgs) => Promise<unknown> {
  return async (args) => {
    const result = (await subscribe(args)) as AsyncIterable<unknown> | object;
    if (!(Symbol.asyncIterator in result)) return result;
    const results = result[Symbol.asyncIterator]();
    const end = () => void results.return?.();
    closed.addEventListener('abort', end, { once: true });
    return withCleanup(results, () => closed.removeEventListener('abort', end));
  };
}
