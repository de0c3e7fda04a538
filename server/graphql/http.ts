/** GraphQL over HTTP: POST (JSON, multipart), GET and SSE on `/graphql`. What `fast-path.ts` does not answer itself comes here. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { FileAddresses } from '../http/origin.ts';
import type { AddressOf } from '../lib/client-address.ts';
import { isUnauthenticated } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Admission, Credentials } from '../http/request-limits.ts';
import type { Context, Services, Viewer, ViewerOf } from './context.ts';
import type { Documents } from './documents.ts';
import {
  reportRequestErrors,
  decodeBody,
  hideSchema,
  limitBody,
  limitDocument,
  refuse,
  refuseUnreadable,
} from './guards.ts';
import type { BodyLimit } from './multipart-form.ts';
import { observeOperations, type OperationObserver } from './observe-operations.ts';
import { limitOperations, limitSubscriptions, limitUploads } from './operation-limits.ts';
import { type OperationQuota, setRetryAfter } from './operation-quota.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { publicError } from './public-error.ts';
import type { OperationRunner } from './run-operation.ts';
import { shareEvents, type TextTransport } from './shared-events.ts';
import { storeUploads } from './store-uploads.ts';

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

interface Dependencies {
  schema: GraphQLSchema;
  services: Services;
  viewerOf: ViewerOf;
  maxUploadBytes: number;
  quota: OperationQuota;
  documents: Documents;
  runner: Pick<OperationRunner, 'plugin'>;
  persisted: PersistedOperations;
  observer: OperationObserver;
  /** Whether callers may ask for the schema. */
  introspection: boolean;
  maxSubscriptionsPerUser: number;
  addressOf: AddressOf;
  fileAddresses: FileAddresses;
  log: Log;
}

/** What the transport provides: the connection's request, and over HTTP its response. */
export interface TransportContext {
  req: IncomingMessage;
  res?: ServerResponse;
  /** The credentials, where Yoga has no request: those of a WebSocket include its `connectionParams`. */
  headers?: Credentials;
  /**
   * Where Yoga has no request: aborts when the client leaves, or ends its operation over a WebSocket, before the result.
   */
  signal?: AbortSignal;
  /** Of a subscription over a WebSocket. */
  textTransport?: TextTransport;
  admission: Admission;
  /** Of a multipart body without a length. */
  bodyLimit?: BodyLimit;
}

export function createGraphQLHandler(dependencies: Dependencies) {
  const { schema, services, quota, documents, addressOf, fileAddresses, log } = dependencies;
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
    parserAndValidationCache: documents.cache,
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    logging: false,
    plugins: [
      storeUploads(),
      decodeBody(),
      limitUploads(quota, viewerOf),
      limitBody(dependencies.maxUploadBytes, viewerOf),
      // After it, so that a body which breaks off while it is counted is unreadable too.
      refuseUnreadable(),
      limitDocument(),
      ...(dependencies.introspection ? [] : [hideSchema()]),
      documents.plugin,
      dependencies.runner.plugin,
      reportRequestErrors(log),
      markExecutedNotRefused,
      limitOperations(quota, log),
      // After it, so that a refused operation is not stored.
      dependencies.persisted.plugin,
      limitSubscriptions(dependencies.maxSubscriptionsPerUser, log),
      observeOperations(dependencies.observer),
      shareEvents((error) => publicError(error, log)),
      setRetryHeader,
      setResponseHeaders,
      endUnsent,
    ],
    context({ req, request, headers }) {
      const contextOf = (viewer: Viewer | null) => ({
        ...services,
        address: addressOf(req),
        // Other transports have one of their own.
        ...(request && { signal: request.signal }),
        fileUrl: fileAddresses(req),
        viewer,
      });
      const viewer = viewerOf(headers ?? request.headers);
      return viewer instanceof Promise ? viewer.then(contextOf) : contextOf(viewer);
    },
  });
}

/** Refuses a whole request with 401 where its credentials are not valid, instead of treating it as one without a user. */
function withStatus(viewerOf: ViewerOf): ViewerOf {
  const fail = (error: unknown) => {
    throw isUnauthenticated(error) ? refuse(error.code, error.message, 401) : error;
  };
  return (credentials) => {
    try {
      const viewer = viewerOf(credentials);
      return viewer instanceof Promise ? viewer.catch(fail) : viewer;
    } catch (error) {
      return fail(error);
    }
  };
}

/** A request that executes counts as an operation, and not as refused. */
const markExecutedNotRefused: Plugin<TransportContext> = {
  onExecute: ({ args }) => args.contextValue.admission.markNotRefused(),
  onSubscribe: ({ args }) => args.contextValue.admission.markNotRefused(),
};

const setRetryHeader: Plugin<object, TransportContext> = {
  onResultProcess({ result, serverContext: { res } }) {
    if (res && 'errors' in result) setRetryAfter(res, result.errors ?? []);
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

/** Ends the events of a client that left before they began: Yoga neither sends nor reads them. */
const endUnsent: Plugin<object, TransportContext> = {
  onResultProcess({ result, serverContext: { res } }) {
    if (res?.destroyed && Symbol.asyncIterator in result) void result[Symbol.asyncIterator]().return?.();
  },
};
