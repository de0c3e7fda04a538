/** `/graphql`: HTTP, WebSockets, and GraphiQL for a browser, with what resolvers use. */
import type { UserDeletion } from './account/user-deletion.ts';
import { createCredentialWatch } from './auth/credential-watch.ts';
import { listProviders } from './auth/providers.ts';
import type { Auth } from './auth/session.ts';
import type { SignUpGate } from './auth/sign-ups.ts';
import type { Config } from './config/config.ts';
import type { Services } from './graphql/context.ts';
import { createDocuments } from './graphql/documents.ts';
import { createFastPath } from './graphql/fast-path.ts';
import { createGraphiQL, refusePage, wantsGraphiQL } from './graphql/graphiql.ts';
import { createGraphQLHandler } from './graphql/http.ts';
import { createOperationQuota } from './graphql/operation-quota.ts';
import { createPersistedOperations } from './graphql/persisted-operations.ts';
import { withErrorCount } from './graphql/public-error.ts';
import { createOperationRunner } from './graphql/run-operation.ts';
import { createGraphQLSockets } from './graphql/ws.ts';
import { type Handler } from './http/handler.ts';
import { graphiqlPolicy } from './http/headers.ts';
import { createFileAddresses, createOwnOrigin } from './http/origin.ts';
import { withRefusedRequestLimit } from './http/request-limits.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Log } from './lib/log.ts';
import { createCallerRateLimiter } from './lib/rate-limiter.ts';
import { createOperatorServices } from './operator-services.ts';
import { schema } from './schema.ts';
import type { TaskSystem } from './task-system.ts';
import type { WebhookSystem } from './webhook-system.ts';

export interface EndpointParts {
  infrastructure: Infrastructure;
  taskSystem: TaskSystem;
  webhooks: WebhookSystem;
  auth: Auth;
  signUps: Pick<SignUpGate, 'mode'>;
  deletion: Pick<UserDeletion, 'closeAccount'>;
  log: Log;
}

export function createGraphQLEndpoint(
  config: Config,
  { infrastructure, taskSystem, webhooks, auth, signUps, deletion, ...parts }: EndpointParts,
  {
    addressOf,
    refusals,
    services,
  }: Pick<Parameters<typeof createGraphQLSockets>[0], 'addressOf' | 'refusals'> & {
    services: Pick<Services, 'sharing' | 'listLimit' | 'taskList'>;
  },
) {
  const { publicUrl, imageSystem } = infrastructure;
  const { prisma } = infrastructure.database;
  const log = withErrorCount(parts.log, infrastructure.metrics.countGraphQLError);
  const { tasks, models } = taskSystem;
  const { signupCredits, creditsUrl } = config;
  const credentials = createCredentialWatch({ prisma, log });
  const persisted = createPersistedOperations();
  const operations = { documents: createDocuments(), persisted, runner: createOperationRunner() };
  const yoga = createGraphQLHandler({
    schema,
    services: {
      prisma,
      credentials,
      apiKeys: auth.apiKeys,
      sessions: auth.sessions,
      signInOptions: { signUps: signUps.mode, providers: listProviders(config.signInProviders) },
      tasks,
      ...services,
      images: imageSystem.images,
      importer: imageSystem.importer,
      models,
      webhooks: webhooks.service,
      creditTerms: { signupCredits, creditsUrl },
      ...createOperatorServices(config, {
        prisma,
        onGrant: infrastructure.metrics.countGrant,
        publicUrl,
        deleteUser: deletion.closeAccount,
        onTaskChange: (task) => {
          infrastructure.events.publish(task);
          taskSystem.worker.wake(task);
        },
      }),
    },
    viewerOf: auth.viewer,
    maxUploadBytes: config.maxUploadBytes,
    quota: createOperationQuota({
      callers: createCallerRateLimiter({ perMinute: config.operationsPerMinute }),
      keys: createCallerRateLimiter({ perMinute: config.operationsPerMinutePerKey }),
    }),
    ...operations,
    observer: {
      countOperation: infrastructure.metrics.countOperation,
      traceOperation: infrastructure.traces.requests?.onOperation,
    },
    introspection: config.introspection,
    maxSubscriptionsPerUser: config.maxSubscriptionsPerUser,
    addressOf,
    fileAddresses: createFileAddresses({
      publicUrl,
      isPublicUrlSet: config.publicUrl !== undefined,
      ownOrigin: createOwnOrigin(config.trustedProxies),
    }),
    log,
  });
  const sockets = createGraphQLSockets({
    yoga,
    persisted,
    refusals,
    addressOf,
    viewerOf: auth.viewer,
    maxSocketsPerAddress: config.maxSocketsPerAddress,
    maxSocketsPerUser: config.maxSocketsPerUser,
    log,
  });
  const graphiql = config.graphiql ? createGraphiQL() : refusePage;
  const answer = withRefusedRequestLimit(createFastPath({ yoga, ...operations, log }), refusals);
  const graphql: Handler = (request, response) => {
    response.setHeader('Content-Security-Policy', graphiqlPolicy);
    return wantsGraphiQL(request) ? graphiql(request, response) : answer(request, response);
  };
  return { graphql, sockets, credentials };
}
