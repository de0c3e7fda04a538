/** An exchange whose code comes after the first sight of the page. */
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { filter, makeSubject, merge, pipe, subscribe, tap } from 'wonka';

const retryMs = 5_000;
const maxAttempts = 4;
/** What there is without it. */
const nothing: Exchange = ({ forward }) => forward;

/**
 * Operations wait, in their order, until `load` has brought the exchange; where that fails it is tried again, and then done
 * without, as after a newer version took its place.
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
