/** GraphQL over HTTP: POST (JSON, multipart), GET and SSE on `/graphql`, and GraphiQL for a browser. */
import type { IncomingMessage } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createYoga } from 'graphql-yoga';
import type { Auth } from '../auth/session.ts';
import type { FileAddresses } from '../http/file-addresses.ts';
import type { AddressOf } from '../lib/client-address.ts';
import type { Limiter } from '../lib/limiter.ts';
import type { Log } from '../lib/log.ts';
import type { Context, Services } from './context.ts';
import { codeValidationErrors, limitBody, limitDocument, refuseUnreadable } from './guards.ts';
import { limitOperations } from './operation-limit.ts';
import { publicError } from './public-error.ts';
import { schema } from './schema.ts';

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

interface Dependencies {
  services: Services;
  auth: Auth;
  maxUploadBytes: number;
  /** Operations of each caller. */
  limiter: Limiter;
  addressOf: AddressOf;
  fileAddresses: FileAddresses;
  log: Log;
}

/** What the transport tells: the connection's request, and for a WebSocket its headers, which are not the request's alone. */
export interface TransportContext {
  req: IncomingMessage;
  socketHeaders?: Headers;
}

export function createGraphQLHandler(dependencies: Dependencies) {
  const { services, auth, maxUploadBytes, limiter, addressOf, fileAddresses, log } = dependencies;
  return createYoga<TransportContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: { title: 'Proofsheet API', subscriptionsProtocol: 'WS' },
    renderGraphiQL,
    // The HTTP server does it for every path.
    cors: false,
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    logging: false,
    plugins: [
      limitBody({ maxUploadBytes }),
      // After it, so that a body which breaks off while it is counted is unreadable too.
      refuseUnreadable(),
      limitDocument(),
      codeValidationErrors(log),
      limitOperations({ limiter, log }),
    ],
    context: async ({ req, request, socketHeaders }) => ({
      ...services,
      address: addressOf(req),
      signal: request?.signal,
      fileUrl: fileAddresses(req),
      viewer: await auth.viewer(socketHeaders ?? request.headers),
    }),
  });
}
