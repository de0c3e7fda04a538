/** The HTTP server: routes requests to handlers by path, and stops gracefully. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Log, withLogFields } from '../lib/log.ts';
import { sleep } from '../lib/sleep.ts';
import type { Handler } from './handler.ts';
import { setSecurityHeaders } from './headers.ts';
import { allowOrigin, isHost, type OriginCheck } from './origin.ts';
import { createPeerTimeouts, type PeerTimeouts } from './peer-timeouts.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

/** What is served. */
interface Site {
  /** By the first part of the path: `/graphql`, `/files`. `/` serves every other path. */
  routes: Readonly<Record<string, Handler>>;
  /** Paths on which a page of another site may not act for the user. */
  guarded: readonly string[];
  isAllowedOrigin: OriginCheck;
  /** Other origins whose pages may read what guarded paths answer. */
  corsOrigins: readonly string[];
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
}

/** Longer than a load balancer's idle timeout, commonly 60 s; otherwise it sends a request into a closing connection. */
const keepAliveMs = 65_000;
/**
 * Connections that wait to be accepted, up to the system's own limit (on Linux `net.core.somaxconn`). Further ones get no
 * response and are retried after 1 s, then 3 s, for example when all clients reconnect at once.
 */
const backlog = 4_096;

interface Options extends Partial<PeerTimeouts> {
  log: Log;
  /** Called with each answered request, but not with those whose connection broke or that were streams of events. */
  onAnswer?: (answer: AnsweredRequest) => void;
  /** Runs the work that answers each request. */
  onRequest?: ((received: ReceivedRequest, work: () => Promise<void>) => Promise<void>) | undefined;
}

/** `route`: the first part of the path where it is served, else `/`. */
interface IdentifiedRequest {
  request: IncomingMessage;
  requestId: string;
  route: string;
}

interface ReceivedRequest extends IdentifiedRequest {
  response: ServerResponse;
}

export interface AnsweredRequest extends IdentifiedRequest {
  status: number;
  seconds: number;
}

export function createHttpServer({ log, onAnswer, onRequest, ...timeouts }: Options) {
  let site: Site | undefined;
  const served = Promise.withResolvers<Site>();
  let isClosing = false;
  const setPeerTimeouts = createPeerTimeouts(timeouts);
  const unused = new Set<Socket>();
  const answering = new Set<ServerResponse>();
  function forget(this: Socket): void {
    unused.delete(this);
  }
  /** Each one after its response, for those that begin later too. */
  function endConnections(): void {
    if (isClosing) return;
    isClosing = true;
    for (const response of answering) closeAfter(response);
  }
  const options = { requestTimeout: 120_000, headersTimeout: 10_000, keepAliveTimeout: keepAliveMs };
  const server = createServer(options, (request, response) => {
    unused.delete(request.socket);
    setPeerTimeouts(request, response);
    answering.add(response);
    const startedAtMs = performance.now();
    const requestId = requestIdOf(request);
    response.on('close', () => {
      answering.delete(response);
      if (onAnswer && isAnswered(response))
        onAnswer({
          request,
          requestId,
          route: routeOf(request, site),
          status: response.statusCode,
          seconds: (performance.now() - startedAtMs) / 1000,
        });
    });
    setSecurityHeaders(response);
    response.setHeader(requestIdHeader, requestId);
    if (isClosing) closeAfter(response);
    const respond = async () => answer(request, response, site ?? (await served.promise));
    const work = onRequest
      ? () => onRequest({ request, response, requestId, route: routeOf(request, site) }, respond)
      : respond;
    withLogFields({ requestId }, work).catch((error: unknown) => {
      log.error({ requestId, error, path: prefixOf(request) }, 'request failed');
      if (response.headersSent) return response.destroy();
      refuse(response, 500, 'Something broke on our side.\n');
    });
  });
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.on('close', forget);
  });
  server.on('upgrade', (request, socket, head) => {
    unused.delete(request.socket);
    request.socket.off('close', forget);
    socket.on('error', destroy);
    // For the handler too, which answers.
    const requestId = (request.headers['x-request-id'] = requestIdOf(request));
    const work = async () => upgrade(request, socket, head, site ?? (await served.promise));
    withLogFields({ requestId }, work).catch((error: unknown) => {
      log.error({ requestId, error }, 'upgrade failed');
      socket.destroy();
    });
  });

  return {
    serve(what: Site): void {
      site = what;
      served.resolve(what);
    },
    /**
     * Resolves with the port when connections are accepted; their requests wait until `serve`. A proxy without health checks
     * sends requests as soon as a node accepts connections.
     * @throws where the address is taken
     */
    async listen(host: string, port: number): Promise<number> {
      server.listen({ port, host, backlog });
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    /** Serves for `drainMs` more, and ends each connection after its response. */
    async drain(drainMs: number): Promise<void> {
      endConnections();
      await sleep(drainMs);
    },
    /** Accepts no new connection or request, and waits at most `graceMs` for the responses in progress. */
    async close({ graceMs }: { graceMs: number }): Promise<void> {
      endConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // Browsers preconnect; Node does not count such a connection as idle.
      for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
      await closed;
      clearTimeout(timer);
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, site: Site): void | Promise<void> {
  if (request.headers.host && !isHost(request.headers.host))
    return refuse(response, 400, 'Bad Host header\n');
  const { routes, guarded, isAllowedOrigin, corsOrigins } = site;
  const prefix = prefixOf(request);
  if (guarded.includes(prefix)) {
    if (!isAllowedOrigin(request)) return refuseOrigin(request, response);
    if (allowOrigin(request, response, corsOrigins)) return;
  }
  return (routes[prefix] ?? routes['/'])?.(request, response);
}

/** One listener for all sockets: a closure would hold the request until the socket is closed. */
function destroy(this: Duplex): void {
  this.destroy();
}

/** Whether the response was sent whole, and was no stream of events, whose end says nothing about the server. */
function isAnswered(response: ServerResponse): boolean {
  const type = response.getHeader('Content-Type');
  return response.writableFinished && !(typeof type === 'string' && type.startsWith('text/event-stream'));
}

/** Refuses the upgrade, or passes it on to the site. */
function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  site: Site,
): Promise<void> | undefined {
  const isServed = prefixOf(request) === '/graphql';
  if (isServed && site.isAllowedOrigin(request)) return site.upgrade(request, socket, head);
  const status = isServed ? '403 Forbidden' : '404 Not Found';
  const id = `${requestIdHeader}: ${requestIdOf(request)}`;
  socket.end(`HTTP/1.1 ${status}\r\n${id}\r\nConnection: close\r\n\r\n`);
  return undefined;
}

/** Ends the connection after this response; otherwise it would stay open for the next request. */
function closeAfter(response: ServerResponse): void {
  const { socket } = response; // Node removes it before `finish`.
  if (response.headersSent) response.once('finish', () => socket?.end());
  else response.setHeader('Connection', 'close');
}

/** `/files/a/b?c` → `/files`. */
function prefixOf(request: IncomingMessage): string {
  return /^\/[^/?#]*/.exec(request.url ?? '/')?.[0] ?? '/';
}

function routeOf(request: IncomingMessage, site: Site | undefined): string {
  const prefix = prefixOf(request);
  return site?.routes[prefix] ? prefix : '/';
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' });
  response.end(text);
}

function refuseOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  const origin = headers.origin?.slice(0, 200) ?? 'an unknown origin';
  const host = headers.host?.slice(0, 200) ?? '';
  const message =
    `A page of ${origin} may not call the API at ${host}. Where that is an address of this installation, set PUBLIC_URL ` +
    'to it, or let the proxy pass Host and X-Forwarded-Proto and set TRUSTED_PROXIES. List any other origin in CORS_ORIGINS.';
  response.writeHead(403, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] })}\n`);
}
