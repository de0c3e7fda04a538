/** How many operations one caller may send, whatever the transport. */
import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../errors.ts';
import type { Limiter } from '../lib/limiter.ts';
import type { Log } from '../lib/log.ts';
import type { Context } from './context.ts';
import { publicError } from './public-error.ts';

/**
 * Refuses operations beyond the limit with RATE_LIMITED and `retryAfter`. A caller is the user, or the address where
 * nobody is signed in; every field of a mutation counts, so that many in one operation are no way around.
 */
export function limitOperations({ limiter, log }: { limiter: Limiter; log: Log }): Plugin<Context> {
  const refusalOf = async (
    context: Context,
    document: DocumentNode,
    operationName: string | null | undefined,
  ) => {
    const key = context.viewer ? `user ${context.viewer.id}` : `address ${context.address}`;
    const waitMs = await limiter.take(key, weightOf(document, operationName));
    if (waitMs === 0) return undefined;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    const message = `That was fast. Try again in ${retryAfterSeconds} s.`;
    return { errors: [publicError(new AppError('RATE_LIMITED', message, { retryAfterSeconds }), log)] };
  };
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const refusal = await refusalOf(args.contextValue, args.document, args.operationName);
      if (refusal) setResultAndStopExecution(refusal);
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = await refusalOf(args.contextValue, args.document, args.operationName);
      if (refusal) setResultAndStopExecution(refusal);
    },
  };
}

/** 1; for a mutation the number of its fields. */
function weightOf(document: DocumentNode, operationName: string | null | undefined): number {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'mutation') return 1;
  const seen = new Set<string>();
  const count = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      // Spread again, a fragment names the same fields, which run once.
      const name = selection.name.value;
      if (seen.has(name)) return sum;
      seen.add(name);
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
      );
      return sum + (fragment?.kind === Kind.FRAGMENT_DEFINITION ? count(fragment.selectionSet) : 0);
    }, 0);
  return count(operation.selectionSet);
}
