/**
 * Limits the cost of one operation, and what one caller may ask for in a minute and follow at a time, on every transport.
 */
import type { ServerResponse } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createCallerPlaces, type ReachedLimit } from './caller-places.ts';
import type { Context, ViewerOf } from './context.ts';
import { isMultipart } from './guards.ts';
import { createPointCounter } from './operation-points.ts';
import {
  type Allowances,
  describeCost,
  type OperationQuota,
  setRateLimitHeaders,
  waitMsOf,
} from './operation-quota.ts';
import { publicError } from './public-error.ts';

/** Over HTTP, the response that the headers are set on. */
interface ResponseContext {
  res?: ServerResponse;
}
type LimitedContext = Context & ResponseContext;

/**
 * Refuses operations beyond the limits of one with QUERY_TOO_COMPLEX, and operations of a caller beyond its limit per
 * minute with RATE_LIMITED and `retryAfter`, before they run. An operation counts by its cost, and at least once for each
 * field of a mutation. The result, or the first one of a subscription, has it in `extensions.cost`.
 */
export function limitOperations(quota: OperationQuota, log: Log): Plugin<LimitedContext> {
  const pointsOf = createPointCounter();
  const count = (args: ExecutionArgs) => {
    const context = args.contextValue as LimitedContext;
    const { points, isTooComplex } = pointsOf(args);
    const describe = (allowances: Allowances) => {
      if (context.res) setRateLimitHeaders(context.res, allowances);
      const refusal = refusalOf(waitMsOf(allowances), isTooComplex);
      const extensions = { cost: describeCost(points, allowances) };
      return { extensions, refused: refusal && { errors: [publicError(refusal, log)], extensions } };
    };
    const allowances = quota.take(context, points);
    return allowances instanceof Promise ? allowances.then(describe) : describe(allowances);
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const admit = ({ extensions, refused }: Awaited<ReturnType<typeof count>>) => {
        if (refused) return setResultAndStopExecution(refused);
        return { onExecuteDone: addTo(extensions) };
      };
      const counted = count(args);
      // Most are counted at once; every promise here would cost each operation several.
      return counted instanceof Promise ? counted.then(admit) : admit(counted);
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const { extensions, refused } = await count(args);
      if (refused) return setResultAndStopExecution(refused);
      let isFirst = true;
      return {
        onSubscribeResult: ({ result, setResult }) =>
          Symbol.asyncIterator in result
            ? {
                onNext({ result: event, setResult }) {
                  if (isFirst) setResult({ ...event, extensions });
                  isFirst = false;
                },
              }
            : setResult({ ...result, extensions }),
      };
    },
  };
}

/** Adds the extensions to the result. */
function addTo(extensions: object) {
  return ({ result, setResult }: { result: object; setResult: (result: never) => void }) =>
    setResult({ ...result, extensions } as never);
}

function refusalOf(waitMs: number, isTooComplex: boolean): AppError | undefined {
  if (waitMs > 0) return tooFast(waitMs);
  if (!isTooComplex) return undefined;
  const message = 'This operation asks for too much at once. Ask for fewer fields, levels or rows.';
  return new AppError('QUERY_TOO_COMPLEX', message);
}

/** Refuses uploads of a user beyond the limit of a minute, before their bodies are read. */
export function limitUploads(
  quota: OperationQuota,
  viewerOf: ViewerOf,
): Plugin<LimitedContext, ResponseContext> {
  return {
    async onRequestParse({ request: { headers }, serverContext: { res } }) {
      const viewer = isMultipart(headers) ? await viewerOf(headers) : null;
      if (!viewer) return;
      const allowances = await quota.take({ viewer }, 0);
      const waitMs = waitMsOf(allowances);
      if (waitMs === 0) return;
      if (res) setRateLimitHeaders(res, allowances);
      throw tooFast(waitMs);
    },
  };
}

/**
 * Refuses subscriptions of a caller beyond `maxPerCaller` at a time, or of an API key beyond half of it, with RATE_LIMITED,
 * over all sockets and streams.
 */
export function limitSubscriptions(
  maxPerCaller: number,
  log: Log,
): Plugin<Context & { onSubscriptionEnd?: () => void }> {
  const acquire = createCallerPlaces(maxPerCaller);
  return {
    onSubscribe({ args, extendContext, setResultAndStopExecution }) {
      const release = acquire(args.contextValue);
      if (typeof release !== 'function')
        return setResultAndStopExecution({ errors: [publicError(tooManySubscriptions(release), log)] });
      extendContext({ onSubscriptionEnd: release });
      return {
        onSubscribeResult({ result }) {
          if (!(Symbol.asyncIterator in result)) release();
        },
        onSubscribeError: release,
      };
    },
  };
}

function tooManySubscriptions({ of, max }: ReachedLimit): AppError {
  const subject = of === 'key' ? 'An API key' : 'You';
  const message = `${subject} may follow ${max} subscriptions at a time. End one of them first.`;
  return new AppError('RATE_LIMITED', message);
}

function tooFast(waitMs: number): AppError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `That was fast. Try again in ${retryAfterSeconds} s.`;
  return new AppError('RATE_LIMITED', message, undefined, { retryAfterSeconds });
}
