/** The operations of a WebSocket: each is parsed, checked, admitted and run as one over HTTP. */
import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, getOperationAST, GraphQLError } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import type { RefusedRequestLimit } from '../http/request-limits.ts';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { handshakeHeaders } from './connection-params.ts';
import type { GraphQLHandler, TransportContext } from './http.ts';
import type { OpenSocket } from './open-socket.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { publicError } from './public-error.ts';
import type { TextTransport } from './shared-events.ts';

const maxOperationsPerSocket = 100;

type Pipeline = Pick<ReturnType<GraphQLHandler['getEnveloped']>, 'execute' | 'subscribe'>;
type Results = AsyncIterator<ExecutionResult, undefined>;
const done = { done: true, value: undefined } as const;

/**
 * An operation, and the results of a subscription. Its socket ends it as well: `graphql-ws` ends only those that it has under
 * their id, and that it removes at the end of an older operation with the same id, which the client had ended before its
 * result.
 */
export class SocketOperation implements AsyncIterableIterator<ExecutionResult, undefined>, TextTransport {
  readonly #opened: OpenSocket;
  readonly #start: string;
  /** Until it has a result. */
  #aborted: AbortController | undefined = new AbortController();
  #pipeline: Pipeline | undefined;
  /** Through the plugins, until the first is there. */
  #first: Results | undefined;
  #isEnded = false;
  results: Results | undefined;

  constructor(opened: OpenSocket, id: string) {
    this.#opened = opened;
    this.#start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    opened.operations = opened.operations.length === 0 ? [this] : [...opened.operations, this];
  }

  get signal(): AbortSignal {
    return this.#aborted!.signal;
  }

  /** Runs in the pipeline that was made for it, so that masking and limits are those of HTTP. */
  runIn(pipeline: Pipeline): this {
    this.#pipeline = pipeline;
    return this;
  }

  async execute(args: ExecutionArgs): Promise<unknown> {
    try {
      return await this.#pipeline!.execute(args);
    } finally {
      this.end();
    }
  }

  async subscribe(args: ExecutionArgs): Promise<unknown> {
    const result: unknown = await this.#pipeline!.subscribe(args);
    // graphql-ws holds the arguments until the end.
    Object.assign(args, { document: undefined, contextValue: undefined, rootValue: undefined });
    if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) {
      this.end();
      return result;
    }
    this.#pipeline = undefined;
    this.#aborted = undefined;
    this.#first = (result as AsyncIterable<ExecutionResult, undefined>)[Symbol.asyncIterator]();
    if (this.#isEnded) void this.#first.return?.();
    return this;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (!this.#first) return this.results?.next() ?? done;
    try {
      const first = await this.#first.next();
      if (first.done) this.end();
      else if (this.results) this.#first = undefined;
      return first;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  async return() {
    this.end();
    return done;
  }

  sendText(text: string): Promise<void> | undefined {
    return this.#opened.client.sendText(`${this.#start}${text}}`);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#aborted?.abort();
    this.#opened.operations = this.#opened.operations.filter((operation) => operation !== this);
    void (this.#first ?? this.results)?.return?.();
  }
}

interface Dependencies {
  yoga: Pick<GraphQLHandler, 'getEnveloped'>;
  persisted: Pick<PersistedOperations, 'resolve'>;
  refusals: RefusedRequestLimit;
  log: Log;
}

type Hooks = ServerOptions<Record<string, unknown>, OpenSocket & Record<PropertyKey, unknown>>;

/** Parses, checks and admits each operation; a fault ends its operation, not the socket. */
export function prepareOperations(dependencies: Dependencies): NonNullable<Hooks['onSubscribe']> {
  const { log } = dependencies;
  return async ({ extra: opened, connectionParams, subscriptions }, id, sent) => {
    const operation = new SocketOperation(opened, id);
    // Until the operation has a result, the library calls `return` of this where the client ends it.
    subscriptions[id] = operation;
    try {
      if (opened.operations.length > maxOperationsPerSocket) throw tooManyOperations();
      return await prepare(operation, opened.request, connectionParams, sent, dependencies);
    } catch (error) {
      operation.end();
      const errors = error instanceof InvalidDocument ? error.errors : [error];
      // A syntax error ends its operation, not the socket.
      return errors.map((each) => withoutHttp(publicError(each, log)));
    }
  };
}

class InvalidDocument extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super('The document is not valid');
    this.errors = errors;
  }
}

async function prepare(
  operation: SocketOperation,
  request: IncomingMessage,
  connectionParams: Record<string, unknown> | undefined,
  sent: Parameters<NonNullable<Hooks['onSubscribe']>>[2],
  { yoga, persisted, refusals }: Dependencies,
): Promise<ExecutionArgs> {
  const readHeaders = () => handshakeHeaders(request, connectionParams);
  const admission = await refusals.admit(request, readHeaders);
  if (admission.waitMs > 0) throw tooManyRefused(admission.waitMs);
  const payload = { ...persisted.resolve(sent) };
  // graphql-ws holds the message until the end.
  Object.assign(sent, { query: '', variables: undefined });
  const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
    req: request,
    headers: readHeaders(),
    signal: operation.signal,
    textTransport: operation,
    params: payload,
    admission,
  } satisfies TransportContext & { params: unknown } as never);
  const document = parse(payload.query);
  const errors = validate(schema, document) as readonly unknown[];
  if (errors.length) throw new InvalidDocument(errors);
  if (!getOperationAST(document, payload.operationName))
    throw new AppError('INVALID_INPUT', 'The document has no such operation.');
  return {
    schema,
    document,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue: await contextFactory(),
    rootValue: operation.runIn({ execute, subscribe }),
  } as ExecutionArgs;
}

/** HTTP statuses and headers mean nothing here. */
function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { ...error, nodes: error.nodes, extensions });
}

function tooManyRefused(waitMs: number): AppError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `Too many requests that could not run. Try again in ${retryAfterSeconds} s.`;
  return new AppError('RATE_LIMITED', message, undefined, { retryAfterSeconds });
}

function tooManyOperations(): AppError {
  return new AppError('RATE_LIMITED', `A socket may have ${maxOperationsPerSocket} operations at a time.`);
}
