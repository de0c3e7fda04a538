/**
 * Executes a subscription once for each event and all equal operations: the same document, variables and caller. The
 * result is also serialized once, for transports that take texts.
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  locatedError,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { WebSocket } from 'ws';
import type { Context } from './context.ts';

/** Sends a result to the client; a promise where the client is slow, which resolves once it has left. */
export type SendResult = (text: string) => Promise<void> | undefined;

/** A transport with `sendResult` gets by it all results but the first and those with errors. */
type SharedContext = Context & { sendResult?: SendResult };

/** A subscriber that reads late gets an estimate of the progress, and signed addresses, that are not older. */
const maxAgeMs = 1_000;

/** The result of an event for equal operations. */
interface Shared {
  /** Of the operation that was executed. */
  args: ValidatedSubscriptionArgs;
  madeAtMs: number;
  result: ExecutionResult | Promise<ExecutionResult>;
  text?: string;
}

export function shareEvents(): Plugin<SharedContext> {
  const share = createSharing();
  const keyOf = createOperationKey();
  return {
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const validated = validateSubscriptionArgs(args);
        // Its errors are those of every other operation.
        if (!('schema' in validated)) return subscribeFn(args as never);
        const source = await createSourceEventStream(validated);
        if (!(Symbol.asyncIterator in source)) return source;
        const key = keyOf(args);
        return createResults(source[Symbol.asyncIterator](), validated, (event) =>
          share(event, key, validated),
        );
      });
    },
  };
}

/** Equal where two operations have the same result for the same event. */
function createOperationKey() {
  const numbers = new WeakMap<object, number>();
  let count = 0;
  const numberOf = (value: object) => {
    if (!numbers.has(value)) numbers.set(value, (count += 1));
    return numbers.get(value);
  };
  return ({ document, operationName, variableValues, contextValue }: ExecutionArgs): string => {
    const { viewer, fileUrl } = contextValue as SharedContext;
    const caller = [viewer?.id, viewer?.apiKeyId, viewer?.scopes, numberOf(fileUrl)];
    return JSON.stringify([numberOf(document), operationName, variableValues, caller]);
  };
}

/** A function that executes an operation for an event, or finds the result of an equal operation. */
function createSharing() {
  const byEvent = new WeakMap<object, Map<string, Shared>>();
  return (event: object, key: string, args: ValidatedSubscriptionArgs): Shared => {
    const byKey = byEvent.get(event) ?? new Map<string, Shared>();
    const known = byKey.get(key);
    const nowMs = performance.now();
    if (known && nowMs - known.madeAtMs <= maxAgeMs) return known;
    const shared: Shared = { args, madeAtMs: nowMs, result: execute(args, event) };
    if (shared.result instanceof Promise)
      shared.result = shared.result.then((result) => (shared.result = result));
    byEvent.set(event, byKey.set(key, shared));
    return shared;
  };
}

const execute = (args: ValidatedSubscriptionArgs, event: unknown) =>
  executeSubscriptionEvent({ ...args, rootValue: event });

/** The results of the events. Ends with them. */
function createResults(
  events: AsyncIterator<unknown>,
  args: ValidatedSubscriptionArgs,
  share: (event: object) => Shared,
): AsyncIterableIterator<ExecutionResult> {
  const { sendResult } = args.contextValue as SharedContext;
  let isFirst = true;
  let failure: ExecutionResult | undefined;
  let isEnded = false;
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    for (;;) {
      if (failure) return { done: true, value: undefined };
      const { done, value } = await events.next().catch((error: unknown) => {
        // The last result: an iterator that throws would leave an event stream open.
        failure = { errors: [locatedError(error, [args.operation])] };
        return { done: false, value: undefined };
      });
      if (failure) return { done: false, value: failure };
      if (done) return { done, value: undefined };
      const shared = share(value as object);
      let result = shared.result instanceof Promise ? await shared.result : shared.result;
      // Each operation reports errors of its own.
      if (result.errors && shared.args !== args) result = await execute(args, value);
      // The client has ended the operation while the event was executed.
      if (isEnded) return { done: true, value: undefined };
      if (!sendResult || isFirst || result.errors) {
        isFirst = false;
        return { done: false, value: result };
      }
      const sent = sendResult((shared.text ??= JSON.stringify(result)));
      if (sent) await sent;
    }
  };
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => iterator,
    next,
    async return() {
      isEnded = true;
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

/** Sends results of an operation over a WebSocket past graphql-ws, which would serialize each of them again. */
export function createSendResult(socket: WebSocket, id: string): SendResult {
  const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  return (text) => {
    if (socket.readyState !== WebSocket.OPEN) return undefined;
    let resolve: (() => void) | undefined;
    socket.send(`${start}${text}}`, () => resolve?.());
    // Almost always the kernel has taken it.
    if (socket.bufferedAmount === 0) return undefined;
    return new Promise((onSent) => (resolve = onSent));
  };
}
