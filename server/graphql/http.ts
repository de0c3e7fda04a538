/** GraphQL over HTTP: POST (JSON, multipart), GET and SSE on `/graphql`, and GraphiQL for a browser. */
import type { IncomingMessage } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { FileAddresses } from '../http/origin.ts';
import type { AddressOf } from '../lib/client-address.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { Log } from '../lib/log.ts';
import type { Admission } from '../http/request-limits.ts';
import type { Context, Services, Viewer } from './context.ts';
import {
  reportRequestErrors,
  decodeBody,
  limitBody,
  limitDocument,
  limitParts,
  refuseUnreadable,
} from './guards.ts';
import { limitOperations, limitSubscriptions, limitUploads } from './operation-limits.ts';
import { publicError } from './public-error.ts';

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

interface Dependencies {
  schema: GraphQLSchema;
  services: Services;
  viewerOf: (headers: Headers) => Promise<Viewer | null>;
  maxUploadBytes: number;
  /** Operations of each caller. */
  limiter: RateLimiter;
  maxSubscriptionsPerUser: number;
  addressOf: AddressOf;
  fileAddresses: FileAddresses;
  log: Log;
}

/** What the transport provides: the connection's request and, for a WebSocket, headers that include its `connectionParams`. */
export interface TransportContext {
  req: IncomingMessage;
  socketHeaders?: Headers;
  /** Of a WebSocket: aborts when it is closed. */
  socketSignal?: AbortSignal | undefined;
  admission: Admission;
}

export function createGraphQLHandler(dependencies: Dependencies) {
  const { schema, services, viewerOf, limiter, addressOf, fileAddresses, log } = dependencies;
  return createYoga<TransportContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    // Served separately, from the package.
    graphiql: false,
    // The HTTP server does it for every path.
    cors: false,
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    logging: false,
    plugins: [
      limitParts(),
      decodeBody(),
      limitUploads(limiter, viewerOf),
      limitBody(dependencies.maxUploadBytes, viewerOf),
      // After it, so that a body which breaks off while it is counted is unreadable too.
      refuseUnreadable(),
      limitDocument(),
      reportRequestErrors(log),
      markExecutedNotRefused,
      limitOperations(limiter, log),
      limitSubscriptions(dependencies.maxSubscriptionsPerUser, log),
      setResponseHeaders,
    ],
    context: async ({ req, request, socketHeaders, socketSignal }) => ({
      ...services,
      address: addressOf(req),
      signal: socketSignal ?? request?.signal,
      fileUrl: fileAddresses(req),
      viewer: await viewerOf(socketHeaders ?? request.headers),
    }),
  });
}

/** A request that executes counts as an operation, and not as refused. */
const markExecutedNotRefused: Plugin<TransportContext> = {
  onExecute: ({ args }) => args.contextValue.admission.markNotRefused(),
  onSubscribe: ({ args }) => args.contextValue.admission.markNotRefused(),
};

/** Answers belong to their user and the moment; proxies must pass events on as they come. */
const setResponseHeaders: Plugin = {
  onResponse({ response }) {
    response.headers.set('Cache-Control', 'no-store');
    if (response.headers.get('Content-Type')?.startsWith('text/event-stream'))
      response.headers.set('X-Accel-Buffering', 'no');
  },
};
