/** Builds `/graphql`: HTTP, WebSockets, and GraphiQL for a browser. */
import type { Auth } from './auth/session.ts';
import type { Config } from './config.ts';
import type { Services } from './graphql/context.ts';
import { createGraphiQL, wantsGraphiQL } from './graphql/graphiql.ts';
import { createGraphQLHandler } from './graphql/http.ts';
import { createGraphQLSockets } from './graphql/ws.ts';
import { createFileAddresses } from './http/file-addresses.ts';
import type { Handler } from './http/handler.ts';
import { graphiqlPolicy } from './http/headers.ts';
import { withRefusalLimit } from './http/limit.ts';
import { createOwnOrigin } from './http/origin.ts';
import type { AddressOf } from './lib/client-address.ts';
import { createRequestLimiter } from './lib/limiter.ts';
import type { Log } from './lib/log.ts';
import type { RefusalLimit } from './lib/refusal-limit.ts';
import { schema } from './schema.ts';

interface Dependencies {
  services: Services;
  auth: Auth;
  refusals: RefusalLimit;
  addressOf: AddressOf;
  publicUrl: string;
  log: Log;
}

export function createGraphQLEndpoint(config: Config, dependencies: Dependencies) {
  const { services, auth, refusals, addressOf, publicUrl, log } = dependencies;
  const yoga = createGraphQLHandler({
    schema,
    services,
    viewerOf: auth.viewer,
    maxUploadBytes: config.maxUploadBytes,
    limiter: createRequestLimiter({ name: 'operations', perMinute: config.operationsPerMinute }),
    maxSubscriptionsPerUser: config.maxSubscriptionsPerUser,
    addressOf,
    fileAddresses: createFileAddresses({ publicUrl, ownOrigin: createOwnOrigin(config.trustedProxies) }),
    log,
  });
  const sockets = createGraphQLSockets({
    yoga,
    refusals,
    addressOf,
    viewerOf: auth.viewer,
    maxSocketsPerAddress: config.maxSocketsPerAddress,
    maxSocketsPerUser: config.maxSocketsPerUser,
    log,
  });
  const graphiql = createGraphiQL();
  const graphql = withRefusalLimit(
    (request, response, admission) => yoga(request, response, { admission } as never),
    refusals,
  );
  const handler: Handler = (request, response) => {
    response.setHeader('Content-Security-Policy', graphiqlPolicy);
    return wantsGraphiQL(request) ? graphiql(request, response) : graphql(request, response);
  };
  return { handler, sockets };
}
