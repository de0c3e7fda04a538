/** GraphQL over WebSocket (`graphql-transport-ws`) on `/graphql`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, getOperationAST, GraphQLError } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { AppError, isUnauthenticated } from '../lib/errors.ts';
import type { AddressOf } from '../lib/client-address.ts';
import type { Admission, RefusedRequestLimit } from '../http/request-limits.ts';
import { requestIdHeader, requestIdOf } from '../http/request-id.ts';
import type { Log } from '../lib/log.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import { withCleanup } from '../lib/with-cleanup.ts';
import { createCallerPlaces } from './caller-places.ts';
import { handshakeHeaders } from './connection-params.ts';
import type { Viewer } from './context.ts';
import { endWithSocket } from './end-with-socket.ts';
import type { GraphQLHandler, TransportContext } from './http.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { publicError } from './public-error.ts';
import { createSendResult } from './shared-events.ts';
import { createSocketPings } from './socket-pings.ts';

const maxMessageBytes = 256 * 1024;
const maxOperationsPerSocket = 100;
/** Unsent bytes allowed for a slow peer, besides the last message. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** The library's default of 3 s closes healthy sockets where the process was too busy to read their `connection_init`. */
const greetingMs = 10_000;
const closingMs = 1_000;

type Pipeline = Pick<ReturnType<GraphQLHandler['getEnveloped']>, 'execute' | 'subscribe'>;

interface Dependencies {
  yoga: Pick<GraphQLHandler, 'getEnveloped'>;
  persisted: Pick<PersistedOperations, 'resolve'>;
  /** Handshakes without a user, and operations that do not run. */
  refusals: RefusedRequestLimit;
  addressOf: AddressOf;
  viewerOf: (headers: Headers) => Promise<Viewer | null>;
  maxSocketsPerAddress: number;
  /** An API key may have half of it. */
  maxSocketsPerUser: number;
  log: Log;
  /** How long a peer may read none of the data that waits for it. */
  stalledMs?: number;
}

/** Terminates the socket instead of sending where too much is unsent: results, errors and replies to GraphQL's pings alike. */
class BoundedSocket extends WebSocket {
  override send(data: Parameters<WebSocket['send']>[0], ...rest: unknown[]): void {
    if (this.bufferedAmount > maxWaitingBytes) this.terminate();
    const callback = rest.at(-1);
    // `close` reports the disconnect; an error for every queued message would only fill the log.
    super.send(data, () => typeof callback === 'function' && callback());
  }
}

interface OpenSocket {
  /** Of its handshake. */
  admission: Admission;
  /** Aborts when the socket is closed. */
  closed: AbortController;
  /** Frees its place among the sockets of its user. */
  releaseUser?: () => void;
}

/** Protocol violations: a bad message, an operation too early, no `connection_init`, a message too long. */
const brokenProtocol: ReadonlySet<number | undefined> = new Set([4400, 4401, 4408, 1009]);
/** Try again later (RFC 6455, registry). Clients retry it; on the codes of the GraphQL protocol they do not. */
const tooManySockets = 1013;

/** A socket whose peer stops reading is terminated, because no closing frame would reach it. */
export function createGraphQLSockets(dependencies: Dependencies) {
  const { refusals, addressOf, stalledMs = 10_000 } = dependencies;
  const acquireForAddress = createPerKeyCounter(dependencies.maxSocketsPerAddress);
  const open = new WeakMap<IncomingMessage, OpenSocket>();
  const server = new WebSocketServer({
    noServer: true,
    WebSocket: BoundedSocket,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  const { dispose } = useServer<Record<string, unknown>, Record<PropertyKey, unknown>>(
    {
      connectionInitWaitTimeout: greetingMs,
      // Otherwise the library puts messages of errors into the reasons of closing frames.
      isProd: true,
      // Each operation runs in the pipeline that was made for it, so that masking and limits are those of HTTP.
      execute: (args) => (args.rootValue as Pipeline).execute(args),
      subscribe: (args) => (args.rootValue as Pipeline).subscribe(args),
      ...createConnectionHooks(open, dependencies),
      onSubscribe: prepareOperations(open, dependencies),
    },
    server,
    0, // It would have an interval for each socket.
  );
  const pings = createSocketPings();
  server.on('headers', (headers, request) => headers.push(`${requestIdHeader}: ${requestIdOf(request)}`));
  server.on('connection', (client: WebSocket, { socket }: IncomingMessage) => {
    pings.add(client);
    // Every read and write restarts the timer, pings of both ends included.
    socket.setTimeout(stalledMs, () => {
      if (client.bufferedAmount > 0) client.terminate();
    });
  });

  return {
    /** Handles an HTTP upgrade request for a WebSocket. */
    async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
      // Before the place is taken: a refusal is delayed, and would block clients behind the same address meanwhile.
      const admission = await refusals.admit(request);
      const release = admission.waitMs === 0 ? acquireForAddress(addressOf(request)) : undefined;
      if (!release || socket.destroyed) {
        release?.();
        return refuseUpgrade(request, socket, admission.waitMs || closingMs);
      }
      open.set(request, { admission, closed: new AbortController() });
      // Also where the handshake fails.
      socket.once('close', release);
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
    },
    /** Open sockets. */
    get size() {
      return server.clients.size;
    },
    /** Closes every socket with 1001, after which clients reconnect. */
    async close(): Promise<void> {
      // A client that does not answer the closing frame is terminated.
      const timer = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, closingMs);
      await dispose();
      clearTimeout(timer);
    },
  };
}

type Hooks = ServerOptions<Record<string, unknown>, Record<PropertyKey, unknown>>;

function refuseUpgrade(request: IncomingMessage, socket: Duplex, waitMs: number): void {
  const headers = [
    `Retry-After: ${Math.ceil(waitMs / 1000)}`,
    `${requestIdHeader}: ${requestIdOf(request)}`,
    'Connection: close',
  ];
  socket.end(`HTTP/1.1 429 Too Many Requests\r\n${headers.join('\r\n')}\r\n\r\n`);
}

/** Counts each socket for its user, and its handshake as refused or not. */
function createConnectionHooks(
  open: WeakMap<IncomingMessage, OpenSocket>,
  { refusals, viewerOf, maxSocketsPerUser }: Dependencies,
): Pick<Hooks, 'onConnect' | 'onClose'> {
  const acquireForUser = createCallerPlaces(maxSocketsPerUser);
  const viewerOfSocket = async (...handshake: Parameters<typeof handshakeHeaders>) =>
    viewerOf(handshakeHeaders(...handshake));
  return {
    async onConnect({ extra, connectionParams }) {
      const { request, socket } = extra as { request: IncomingMessage; socket: WebSocket };
      const opened = open.get(request);
      // While credentials cannot be read, the handshake does not count as refused.
      const viewer = await viewerOfSocket(request, connectionParams).catch((error: unknown) =>
        isUnauthenticated(error) ? null : undefined,
      );
      if (viewer !== null) opened?.admission.markNotRefused();
      if (!viewer) return;
      const release = acquireForUser({ viewer });
      if (typeof release !== 'function')
        socket.close(
          tooManySockets,
          `${release.of === 'key' ? 'An API key' : 'A user'} may have ${release.max} sockets`,
        );
      else if (opened && socket.readyState === WebSocket.OPEN) opened.releaseUser = release;
      else release();
    },
    async onClose({ extra }, code) {
      const { request } = extra as { request: IncomingMessage };
      const opened = open.get(request);
      opened?.releaseUser?.();
      opened?.closed.abort();
      if (brokenProtocol.has(code)) void refusals.admit(request);
    },
  };
}

const nothing: AsyncIterator<never> = { next: async () => ({ done: true, value: undefined }) };

/** Parses, checks and admits each operation; a fault ends its operation, not the socket. */
function prepareOperations(
  open: WeakMap<IncomingMessage, OpenSocket>,
  { yoga, persisted, refusals, log }: Dependencies,
): NonNullable<Hooks['onSubscribe']> {
  return async ({ extra, connectionParams, subscriptions }, id, sent) => {
    const { request, socket } = extra as { request: IncomingMessage; socket: WebSocket };
    const closed = open.get(request)!.closed.signal;
    const ended = new AbortController();
    // Until the operation has a result, the library calls `return` of this where the client ends it.
    subscriptions[id] = withCleanup(nothing, () => ended.abort());
    if (Object.keys(subscriptions).length > maxOperationsPerSocket) return [tooManyOperations(log)];
    try {
      const readHeaders = () => handshakeHeaders(request, connectionParams);
      const admission = await refusals.admit(request, readHeaders);
      if (admission.waitMs > 0) return [tooManyRefused(admission.waitMs, log)];
      const payload = persisted.resolve(sent);
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        req: request,
        headers: readHeaders(),
        signal: AbortSignal.any([closed, ended.signal]),
        sendResult: createSendResult(socket, id),
        params: payload,
        admission,
      } satisfies TransportContext & { params: unknown } as never);
      const document = parse(payload.query);
      const errors = validate(schema, document) as readonly unknown[];
      if (errors.length) return errors.map((error) => withoutHttp(publicError(error, log)));
      if (!getOperationAST(document, payload.operationName))
        throw new AppError('INVALID_INPUT', 'The document has no such operation.');
      return {
        schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe: endWithSocket(closed, subscribe) },
      } as ExecutionArgs;
    } catch (error) {
      // A syntax error ends its operation, not the socket.
      return [withoutHttp(publicError(error, log))];
    }
  };
}

/** HTTP statuses and headers mean nothing here. */
function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { ...error, nodes: error.nodes, extensions });
}

function tooManyRefused(waitMs: number, log: Log) {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `Too many requests that could not run. Try again in ${retryAfterSeconds} s.`;
  return publicError(new AppError('RATE_LIMITED', message, undefined, { retryAfterSeconds }), log);
}

function tooManyOperations(log: Log) {
  const message = `A socket may have ${maxOperationsPerSocket} operations at a time.`;
  return publicError(new AppError('RATE_LIMITED', message), log);
}
