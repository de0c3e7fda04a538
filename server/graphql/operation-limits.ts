/**
 * Limits the cost of one operation, and what one caller, the signed-in user or else the address, may ask for, on every
 * transport.
 */
import { type DocumentNode, type ExecutionArgs, getOperationAST, Kind, type SelectionSetNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../lib/errors.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { Log } from '../lib/log.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import { costOf } from './operation-cost.ts';
import type { Context } from './context.ts';
import { isMultipart } from './guards.ts';
import { publicError } from './public-error.ts';

/** An operation counts one point for each started 250 values, which take about as long as a small operation. */
const valuesPerPoint = 250;
/** Points of an operation that is too complex to run: its document was parsed, validated and measured. */
const refusedPoints = 5;

/**
 * Refuses operations beyond the limits of one with QUERY_TOO_COMPLEX, and operations of a caller beyond its limit per
 * minute with RATE_LIMITED and `retryAfter`, before they run. An operation counts by its cost, and at least once for each
 * field of a mutation.
 */
export function limitOperations(limiter: RateLimiter, log: Log): Plugin<Context> {
  const refusalOf = async (args: ExecutionArgs): Promise<AppError | undefined> => {
    const { values, isTooComplex } = costOf(args);
    const points = isTooComplex
      ? refusedPoints
      : Math.max(Math.ceil(values / valuesPerPoint), mutationFields(args.document, args.operationName), 1);
    const waitMs = await limiter.take(callerKey(args.contextValue as Context), points);
    if (waitMs > 0) return tooFast(waitMs);
    if (!isTooComplex) return undefined;
    const message = 'This operation asks for too much at once. Ask for fewer fields, levels or rows.';
    return new AppError('QUERY_TOO_COMPLEX', message);
  };
  const limit = async (operation: {
    args: ExecutionArgs;
    setResultAndStopExecution: (result: { errors: Error[] }) => void;
  }) => {
    const refusal = await refusalOf(operation.args);
    if (refusal) operation.setResultAndStopExecution({ errors: [publicError(refusal, log)] });
  };
  return { onExecute: limit, onSubscribe: limit };
}

/** Refuses uploads of a user beyond the limit of a minute, before their bodies are read. */
export function limitUploads(
  limiter: RateLimiter,
  viewerOf: (headers: Headers) => Promise<{ id: string } | null>,
): Plugin {
  return {
    async onRequestParse({ request: { headers } }) {
      if (!isMultipart(headers)) return;
      const viewer = await viewerOf(headers);
      const waitMs = viewer ? await limiter.take(userKey(viewer), 0) : 0;
      if (waitMs > 0) throw tooFast(waitMs);
    },
  };
}

/** Refuses subscriptions of a caller beyond `maxPerCaller` at a time with RATE_LIMITED, over all sockets and streams. */
export function limitSubscriptions(maxPerCaller: number, log: Log): Plugin<Context> {
  const acquire = createPerKeyCounter(maxPerCaller);
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const release = acquire(callerKey(args.contextValue));
      if (!release) {
        const message = `You may follow ${maxPerCaller} subscriptions at a time. End one of them first.`;
        return setResultAndStopExecution({
          errors: [publicError(new AppError('RATE_LIMITED', message), log)],
        });
      }
      return {
        onSubscribeResult: ({ result }) => (Symbol.asyncIterator in result ? { onEnd: release } : release()),
        onSubscribeError: release,
      };
    },
  };
}

function callerKey({ viewer, address }: Context): string {
  return viewer ? userKey(viewer) : `address ${address}`;
}

function userKey({ id }: { id: string }): string {
  return `user ${id}`;
}

function tooFast(waitMs: number): AppError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `That was fast. Try again in ${retryAfterSeconds} s.`;
  return new AppError('RATE_LIMITED', message, undefined, retryAfterSeconds);
}

/** The number of fields of a mutation; 0 for another operation. */
function mutationFields(document: DocumentNode, operationName: string | null | undefined): number {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'mutation') return 0;
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
