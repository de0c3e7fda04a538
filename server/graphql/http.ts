/** GraphQL over HTTP: POST (JSON, multipart), GET and SSE on `/graphql`, and GraphiQL for a browser. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { FileAddresses } from '../http/origin.ts';
import type { AddressOf } from '../lib/client-address.ts';
import { isUnauthenticated } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Admission } from '../http/request-limits.ts';
import type { Context, Services, Viewer } from './context.ts';
import {
  reportRequestErrors,
  decodeBody,
  hideSchema,
  limitBody,
  limitDocument,
  limitParts,
  refuse,
  refuseUnreadable,
} from './guards.ts';
import { limitOperations, limitSubscriptions, limitUploads } from './operation-limits.ts';
import type { OperationQuota } from './operation-quota.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { publicError } from './public-error.ts';
import { type SendResult, shareEvents } from './shared-events.ts';

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

interface Dependencies {
  schema: GraphQLSchema;
  services: Services;
  viewerOf: (headers: Headers) => Promise<Viewer | null>;
  maxUploadBytes: number;
  quota: OperationQuota;
  persisted: PersistedOperations;
  /** Whether callers may ask for the schema. */
  introspection: boolean;
  maxSubscriptionsPerUser: number;
  addressOf: AddressOf;
  fileAddresses: FileAddresses;
  log: Log;
}

/**
 * What the transport provides: the connection's request, over HTTP its response, and for a WebSocket headers that include
 * its `connectionParams`.
 */
export interface TransportContext {
  req: IncomingMessage;
  res?: ServerResponse;
  socketHeaders?: Headers;
  /** Of an operation over a WebSocket: aborts when the client ends it before its result, or closes the socket. */
  socketSignal?: AbortSignal;
  /** Of a subscription over a WebSocket. */
  sendResult?: SendResult;
  admission: Admission;
}

export function createGraphQLHandler(dependencies: Dependencies) {
  const { schema, services, quota, addressOf, fileAddresses, log } = dependencies;
  const viewerOf = withStatus(dependencies.viewerOf);
  return createYoga<TransportContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    // Served separately, from the package.
    graphiql: false,
    // The HTTP server does it for every path.
    cors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: nothingCached },
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    logging: false,
    plugins: [
      limitParts(),
      decodeBody(),
      limitUploads(quota, viewerOf),
      limitBody(dependencies.maxUploadBytes, viewerOf),
      // After it, so that a body which breaks off while it is counted is unreadable too.
      refuseUnreadable(),
      limitDocument(),
      ...(dependencies.introspection ? [] : [hideSchema()]),
      reportRequestErrors(log),
      markExecutedNotRefused,
      limitOperations(quota, log),
      // After it, so that a refused operation is not stored.
      dependencies.persisted.plugin,
      limitSubscriptions(dependencies.maxSubscriptionsPerUser, log),
      shareEvents(),
      setRetryAfter,
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

/**
 * The documents that were parsed recently, with what their validation found. A tree takes far more memory than its text, so
 * the texts are limited too: Yoga's own cache holds a thousand documents of any length.
 */
function createDocumentCache() {
  return new LRUCache<string, DocumentNode>({
    max: 200,
    maxSize: 250_000,
    sizeCalculation: (_, text) => Math.max(text.length, 1),
  });
}

/** No client sends a faulty document often. */
const nothingCached = { get: () => undefined, set() {} };

/** Refuses a whole request with 401 where its credentials are not valid, instead of treating it as one without a user. */
function withStatus(viewerOf: Dependencies['viewerOf']): Dependencies['viewerOf'] {
  return async (headers) => {
    try {
      return await viewerOf(headers);
    } catch (error) {
      throw isUnauthenticated(error) ? refuse(error.code, error.message, 401) : error;
    }
  };
}

/** A request that executes counts as an operation, and not as refused. */
const markExecutedNotRefused: Plugin<TransportContext> = {
  onExecute: ({ args }) => args.contextValue.admission.markNotRefused(),
  onSubscribe: ({ args }) => args.contextValue.admission.markNotRefused(),
};

/** The longest wait that an error of the result asks for, in seconds. */
const setRetryAfter: Plugin<object, TransportContext> = {
  onResultProcess({ result, serverContext: { res } }) {
    const errors = 'errors' in result ? (result.errors ?? []) : [];
    const waits = errors.map(({ extensions }) => Number(extensions['retryAfter'] ?? 0));
    if (Math.max(0, ...waits) > 0) res?.setHeader('Retry-After', Math.max(...waits));
  },
};

/** Answers belong to their user and the moment; proxies must pass events on as they come. */
const setResponseHeaders: Plugin = {
  onResponse({ response }) {
    response.headers.set('Cache-Control', 'no-store');
    if (response.headers.get('Content-Type')?.startsWith('text/event-stream'))
      response.headers.set('X-Accel-Buffering', 'no');
  },
};
