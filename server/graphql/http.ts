/** GraphQL over HTTP: POST (JSON, multipart), GET and SSE on `/graphql`, and GraphiQL for a browser. */
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createYoga } from 'graphql-yoga';
import type { Auth } from '../auth/session.ts';
import type { Log } from '../lib/log.ts';
import type { Context, Services } from './context.ts';
import { codeValidationErrors, limitTokens, refuseUnreadable } from './guards.ts';
import { publicError } from './public-error.ts';
import { schema } from './schema.ts';

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

interface Dependencies {
  services: Services;
  auth: Auth;
  corsOrigins: string[];
  maxUploadBytes: number;
  log: Log;
}

/** What the WebSocket transport adds, as its headers are not a request's. */
export interface SocketContext {
  socketHeaders?: Headers;
}

export function createGraphQLHandler({ services, auth, corsOrigins, maxUploadBytes, log }: Dependencies) {
  return createYoga<SocketContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: { title: 'Proofsheet API', subscriptionsProtocol: 'WS' },
    renderGraphiQL,
    cors: corsOrigins.length ? { origin: corsOrigins, credentials: true } : false,
    // The multipart envelope comes on top of the file.
    maxRequestBodySize: maxUploadBytes + 100_000,
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    logging: false,
    plugins: [refuseUnreadable(), limitTokens(), codeValidationErrors(log)],
    context: async ({ request, socketHeaders }) => ({
      ...services,
      viewer: await auth.viewer(socketHeaders ?? request.headers),
    }),
  });
}
