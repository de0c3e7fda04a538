/** An exchange whose code is loaded after the first paint. */
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { filter, makeSubject, merge, pipe, subscribe, tap } from 'wonka';

const retryMs = 5_000;
const maxAttempts = 4;
/** Passes everything on. */
const nothing: Exchange = ({ forward }) => forward;

/**
 * Holds operations, in order, until `load` has resolved. A failed load is tried again, and after the last attempt the
 * exchange is left out.
 */
export function createLazyExchange(load: () => Promise<Exchange>): Exchange {
  return (input) => (operations) => {
    const inner = makeSubject<Operation>();
    const results = makeSubject<OperationResult>();
    let waiting: Operation[] | undefined = [];

    const begin = async (attempt = 1): Promise<void> => {
      let exchange: Exchange;
      try {
        exchange = await load();
      } catch {
        if (attempt < maxAttempts) return void setTimeout(() => void begin(attempt + 1), retryMs);
        exchange = nothing;
      }
      pipe(exchange(input)(inner.source), subscribe(results.next));
      const held = waiting ?? [];
      waiting = undefined;
      for (const operation of held) inner.next(operation);
    };
    void begin();

    // Takes the operations and lets none of them through as a result.
    const taken = pipe(
      operations,
      tap((operation) => (waiting ? void waiting.push(operation) : inner.next(operation))),
      filter(() => false),
    );
    return merge([taken as never, results.source]);
  };
}
