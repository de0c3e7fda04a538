/** GraphQL over WebSocket (`graphql-transport-ws`) on `/graphql`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { AppError } from '../errors.ts';
import type { Log } from '../lib/log.ts';
import type { GraphQLHandler } from './http.ts';
import { publicError } from './public-error.ts';

export interface GraphQLSockets {
  /** Takes over a connection that asked for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Open sockets. */
  readonly size: number;
  /** Closes every socket with 1001, which tells clients to come back. */
  close(): Promise<void>;
}

const maxMessageBytes = 256 * 1024;
const maxOperationsPerSocket = 100;

type Pipeline = Pick<ReturnType<GraphQLHandler['getEnveloped']>, 'execute' | 'subscribe'>;

export function createGraphQLSockets({ yoga, log }: { yoga: GraphQLHandler; log: Log }): GraphQLSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  const operations = new WeakMap<object, number>();

  const { dispose } = useServer<Record<string, unknown>, Record<PropertyKey, unknown>>(
    {
      // Each operation runs in the pipeline that was made for it, so that masking and limits are those of HTTP.
      execute: (args) => (args.rootValue as Pipeline).execute(args),
      subscribe: (args) => (args.rootValue as Pipeline).subscribe(args),
      onSubscribe: async ({ extra, connectionParams }, _id, payload) => {
        const { request, socket } = extra as { request: IncomingMessage; socket: object };
        const open = (operations.get(socket) ?? 0) + 1;
        if (open > maxOperationsPerSocket) return [tooManyOperations(log)];
        operations.set(socket, open);
        try {
          const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
            socketHeaders: headersOf(request, connectionParams),
            params: payload,
          } as never);
          const document = parse(payload.query);
          const errors = validate(schema, document) as readonly unknown[];
          if (errors.length) return errors.map((error) => publicError(error, log));
          return {
            schema,
            document,
            operationName: payload.operationName,
            variableValues: payload.variables,
            contextValue: await contextFactory(),
            rootValue: { execute, subscribe },
          } as ExecutionArgs;
        } catch (error) {
          // A syntax error ends its operation, not the socket.
          return [publicError(error, log)];
        }
      },
      onComplete: ({ extra }) => release(operations, (extra as { socket: object }).socket),
      onError: ({ extra }) => release(operations, (extra as { socket: object }).socket),
    },
    server,
  );

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
    },
    get size() {
      return server.clients.size;
    },
    close: async () => {
      await dispose();
    },
  };
}

function release(operations: WeakMap<object, number>, socket: object): void {
  operations.set(socket, Math.max(0, (operations.get(socket) ?? 0) - 1));
}

function tooManyOperations(log: Log) {
  const message = `A socket may have ${maxOperationsPerSocket} operations at a time.`;
  return publicError(new AppError('RATE_LIMITED', message), log);
}

/** The upgrade request's headers, with what the client sent as `connectionParams` on top: a browser cannot set headers. */
function headersOf(request: IncomingMessage, params: Record<string, unknown> | undefined): Headers {
  const headers = new Headers();
  for (const name of ['cookie', 'authorization'] as const) {
    const value = request.headers[name];
    if (value) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(params ?? {}))
    if (name.toLowerCase() === 'authorization' && typeof value === 'string')
      headers.set('authorization', value);
  return headers;
}
