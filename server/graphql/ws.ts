/** GraphQL over WebSocket (`graphql-transport-ws`) on `/graphql`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { isUnauthenticated } from '../lib/errors.ts';
import type { AddressOf } from '../lib/client-address.ts';
import type { Admission, RefusedRequestLimit } from '../http/request-limits.ts';
import { requestIdHeader, requestIdOf } from '../http/request-id.ts';
import type { Log } from '../lib/log.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import { BoundedSocket } from './bounded-socket.ts';
import { createCallerPlaces } from './caller-places.ts';
import { handshakeHeaders } from './connection-params.ts';
import type { ViewerOf } from './context.ts';
import type { GraphQLHandler } from './http.ts';
import { OpenSocket } from './open-socket.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { prepareOperations, type SocketOperation } from './socket-operations.ts';
import { createSocketPings } from './socket-pings.ts';

const maxMessageBytes = 256 * 1024;
/** The library's default of 3 s closes healthy sockets where the process was too busy to read their `connection_init`. */
const greetingMs = 10_000;
const closingMs = 1_000;
/** Until the kernel probes an idle connection, without this process; after 10 s without a reply it is closed. */
const keepAliveMs = 25_000;

interface Dependencies {
  yoga: Pick<GraphQLHandler, 'getEnveloped'>;
  persisted: Pick<PersistedOperations, 'resolve'>;
  /** Handshakes without a user, and operations that do not run. */
  refusals: RefusedRequestLimit;
  addressOf: AddressOf;
  viewerOf: ViewerOf;
  maxSocketsPerAddress: number;
  /** An API key may have half of it. */
  maxSocketsPerUser: number;
  log: Log;
  /** How long a peer may read none of the data that waits for it. */
  stalledMs?: number;
}

/** Protocol violations: a bad message, an operation too early, no `connection_init`, a message too long. */
const brokenProtocol: ReadonlySet<number | undefined> = new Set([4400, 4401, 4408, 1009]);
/** Try again later (RFC 6455, registry). Clients retry it; on the codes of the GraphQL protocol they do not. */
const tooManySockets = 1013;

/** A socket whose peer stops reading is terminated, because no closing frame would reach it. */
export function createGraphQLSockets(dependencies: Dependencies) {
  const { refusals, addressOf } = dependencies;
  const acquireForAddress = createPerKeyCounter(dependencies.maxSocketsPerAddress);
  const server = new WebSocketServer({
    noServer: true,
    WebSocket: BoundedSocket,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const opens = createOpening(dependencies);
  server.on('headers', (headers, request) => headers.push(`${requestIdHeader}: ${requestIdOf(request)}`));

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
      // Where the handshake fails.
      socket.once('close', release);
      server.handleUpgrade(request, socket, head, (client) => {
        socket.off('close', release);
        opens(client as BoundedSocket, request, { admission, releaseAddress: release });
      });
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
      for (const client of server.clients) client.close(1001, 'Going away');
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(timer);
    },
  };
}

type Hooks = ServerOptions<Record<string, unknown>, OpenSocket & Record<PropertyKey, unknown>>;

/** Opens a socket after its handshake. Listeners are shared by all sockets, because there are thousands. */
function createOpening(dependencies: Dependencies) {
  const { stalledMs = 10_000, log } = dependencies;
  const hooks = createConnectionHooks(dependencies);
  const protocol = makeServer<Record<string, unknown>, OpenSocket & Record<PropertyKey, unknown>>({
    connectionInitWaitTimeout: 0, // It would hold a timer for each socket until the end.
    execute: (args) => (args.rootValue as SocketOperation).execute(args) as never,
    subscribe: (args) => (args.rootValue as SocketOperation).subscribe(args) as never,
    onConnect: hooks.onConnect!,
    onSubscribe: prepareOperations(dependencies),
  });
  const pings = createSocketPings();

  function onMessage(this: WebSocket, data: WebSocket.RawData): void {
    const { opened } = this as BoundedSocket;
    // No async function: it would hold the message until the end of the operation that it starts.
    opened?.read?.(parsed(String(data))).catch((error: unknown) => {
      log.error({ error }, 'a message of a WebSocket failed');
      this.close(CloseCode.InternalServerError, 'Internal server error');
    });
  }
  function onError(this: WebSocket): void {
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }
  function onClose(this: WebSocket, code: number): void {
    const socket = this as BoundedSocket;
    const { opened } = socket;
    socket.opened = undefined;
    if (!opened) return;
    pings.remove(socket);
    clearTimeout(opened.greeting);
    opened.releaseAddress();
    opened.releaseUser?.();
    for (const operation of opened.operations) operation.end();
    if (brokenProtocol.has(code)) void dependencies.refusals.admit(opened.request);
  }
  function closeSilent(client: BoundedSocket): void {
    client.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  return (
    client: BoundedSocket,
    request: IncomingMessage,
    handshake: { admission: Admission; releaseAddress: () => void },
  ): void => {
    const opened = new OpenSocket(client, request, handshake);
    client.opened = opened;
    request.socket.setKeepAlive(true, keepAliveMs);
    client.limitStalls(request.socket, stalledMs);
    client.on('message', onMessage).on('error', onError).on('close', onClose);
    protocol.opened(opened as never, opened as never);
    if (client.readyState !== WebSocket.OPEN) return;
    opened.greeting = setTimeout(closeSilent, greetingMs, client);
    pings.add(client);
  };
}

/** The message, which graphql-ws checks; the text, which it would parse, where it is no JSON or that of a text. */
function parsed(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'string' ? text : message;
  } catch {
    return text;
  }
}

function refuseUpgrade(request: IncomingMessage, socket: Duplex, waitMs: number): void {
  const headers = [
    `Retry-After: ${Math.ceil(waitMs / 1000)}`,
    `${requestIdHeader}: ${requestIdOf(request)}`,
    'Connection: close',
  ];
  socket.end(`HTTP/1.1 429 Too Many Requests\r\n${headers.join('\r\n')}\r\n\r\n`);
}

/** Counts each socket for its user, and its handshake as refused or not. */
function createConnectionHooks({ viewerOf, maxSocketsPerUser }: Dependencies): Pick<Hooks, 'onConnect'> {
  const acquireForUser = createCallerPlaces(maxSocketsPerUser);
  const viewerOfSocket = async (...handshake: Parameters<typeof handshakeHeaders>) =>
    viewerOf(handshakeHeaders(...handshake));
  return {
    async onConnect({ extra: opened, connectionParams }) {
      const { client, request, admission } = opened;
      clearTimeout(opened.greeting);
      opened.greeting = undefined;
      // While credentials cannot be read, the handshake does not count as refused.
      const viewer = await viewerOfSocket(request, connectionParams).catch((error: unknown) =>
        isUnauthenticated(error) ? null : undefined,
      );
      if (viewer !== null) admission?.markNotRefused();
      opened.admission = undefined;
      if (!viewer) return;
      const release = acquireForUser({ viewer });
      if (typeof release !== 'function')
        client.close(
          tooManySockets,
          `${release.of === 'key' ? 'An API key' : 'A user'} may have ${release.max} sockets`,
        );
      else if (client.readyState === WebSocket.OPEN) opened.releaseUser = release;
      else release();
    },
  };
}
