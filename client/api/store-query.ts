/**
 * Queries whose results live in a Solid store. A store mutates its data in place, and the cache shares equal lists
 * between tasks, so an update of one task would change the other. The store therefore gets copies.
 */
import { type AnyVariables, type Exchange, mapExchange } from '@urql/core';
import { createQuery, type CreateQueryArgs, type CreateQueryResult } from '@urql/solid';

const mark = { isForStore: true };

/** As `createQuery`. Needs the `Provider` of `@urql/solid`, and a client with `storeCopies` in front. */
export function createStoreQuery<Data, Variables extends AnyVariables>(
  args: CreateQueryArgs<Data, Variables>,
): CreateQueryResult<Data, Variables> {
  return createQuery({ ...args, context: mark });
}

/** Goes first in the list of exchanges. */
export const storeCopies: Exchange = mapExchange({
  onResult: (result) =>
    result.operation.context['isForStore'] ? { ...result, data: copyOf(result.data) } : result,
});

function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyOf(field)])) as Value;
}
