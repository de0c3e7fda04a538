/** Builds what the HTTP server serves: the paths, each with the limits before its handler, and the WebSockets. */
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { toNodeHandler } from 'better-auth/node';
import { createAccountExport, isExport } from './account/export.ts';
import type { UserDeletion } from './account/user-deletion.ts';
import { createCredentialWatch } from './auth/credential-watch.ts';
import { isOperatorRequest, operatorSecrets } from './admin/operator-token.ts';
import { createOperatorRoute } from './backup/database-copy.ts';
import { listProviders } from './auth/providers.ts';
import type { Auth } from './auth/session.ts';
import type { SignUpGate } from './auth/sign-ups.ts';
import type { Config } from './config/config.ts';
import { createDocuments } from './graphql/documents.ts';
import { createFastPath } from './graphql/fast-path.ts';
import { createGraphiQL, refusePage, wantsGraphiQL } from './graphql/graphiql.ts';
import { createGraphQLHandler } from './graphql/http.ts';
import { createOperationQuota } from './graphql/operation-quota.ts';
import { createPersistedOperations } from './graphql/persisted-operations.ts';
import { withErrorCount } from './graphql/public-error.ts';
import { createOperationRunner } from './graphql/run-operation.ts';
import { createGraphQLSockets } from './graphql/ws.ts';
import { createClientFiles, readStylesheet } from './http/client-files.ts';
import { type Handler, notFound } from './http/handler.ts';
import { clientPolicy, graphiqlPolicy } from './http/headers.ts';
import { createHealth, liveness } from './http/health.ts';
import { createFileAddresses, createOriginCheck, createOwnOrigin } from './http/origin.ts';
import {
  type AdmittedHandler,
  createRefusedRequestLimit,
  withRefusedRequestLimit,
  withSignInLimit,
  withSmallBody,
} from './http/request-limits.ts';
import { withSessionHint } from './http/session-hint.ts';
import { createWebhookHandler } from './http/webhooks.ts';
import type { Infrastructure } from './infrastructure.ts';
import { addressHeader, createAddressOf } from './lib/client-address.ts';
import type { Log } from './lib/log.ts';
import { createPerKeySemaphore } from './lib/per-key-limits.ts';
import { createCallerRateLimiter, createRateLimiter } from './lib/rate-limiter.ts';
import { createOperatorServices } from './operator-services.ts';
import { schema } from './schema.ts';
import { withToken } from './metrics/access.ts';
import { createInstallationFigures } from './metrics/installation.ts';
import { createSharedPageHandler } from './sharing/handler.ts';
import { createSharedPageLookup } from './sharing/lookup.ts';
import { createSharingService, type SharingService } from './sharing/service.ts';
import type { TaskSystem } from './task-system.ts';
import { createTaskList } from './tasks/list.ts';
import type { WebhookSystem } from './webhook-system.ts';

interface Parts {
  infrastructure: Infrastructure;
  taskSystem: TaskSystem;
  webhooks: WebhookSystem;
  auth: Auth;
  signUps: Pick<SignUpGate, 'mode'>;
  deletion: Pick<UserDeletion, 'closeAccount'>;
  isDraining: () => boolean;
  log: Log;
}

/** Concurrent list and count statements of one user on one node: a small share of the database's connections. */
const listsAtOnce = 2;
const clientFolder = path.join(import.meta.dirname, '../dist/client');

/** Gives the HTTP server its routes, and the metrics their gauges. @returns the open WebSockets and the watch of credentials */
export function openSite(config: Config, parts: Parts) {
  const { infrastructure, taskSystem, auth } = parts;
  const { server, origins, imageSystem, metrics, events } = infrastructure;
  const addressOf = createAddressOf(config.trustedProxies);
  const refusals = createRefusedRequestLimit({
    limiter: createRateLimiter({ perMinute: config.refusedRequestsPerMinute }),
    addressOf,
    viewerOf: auth.viewer,
  });
  const sharing = createSharingService({
    prisma: infrastructure.database.prisma,
    publicUrl: infrastructure.publicUrl,
  });
  const { graphql, sockets, credentials } = createGraphQLEndpoint(config, parts, {
    addressOf,
    refusals,
    sharing,
  });
  const health = createSiteHealth(parts);
  metrics.watch({
    activeSteps: () => taskSystem.worker.activeSteps,
    activeWebhooks: () => parts.webhooks.worker.activeAttempts,
    subscribers: () => events.subscriberCount,
    sockets: () => sockets.size,
    components: health.states,
    installation: createInstallationFigures({ prisma: infrastructure.database.prisma }),
  });
  const webhooks = createWebhooks(parts);
  const signIns = createCallerRateLimiter({ perMinute: config.signInsPerMinute });
  const authHandler = toNodeHandler(auth.handler);
  const api = withSmallBody((request, response) => {
    request.headers[addressHeader] = addressOf(request);
    return authHandler(request, response);
  });
  const metricsHandler = config.metricsToken
    ? withToken(metrics.handler, config.metricsToken)
    : metrics.handler;
  const forOperators = { '/healthz': liveness, '/readyz': health.readiness, '/metrics': metricsHandler };
  infrastructure.adminServer?.server.serve({
    routes: { ...forOperators, '/': notFound },
    guarded: [],
    isAllowedOrigin: () => true,
    corsOrigins: [],
    upgrade: async (_, socket) => void socket.destroy(),
  });
  const limitedApi = withSignInLimit(api, { limiter: signIns, addressOf });
  const accountExport = createAccountExport({
    prisma: infrastructure.database.prisma,
    storage: imageSystem.storage,
    viewerOf: auth.viewer,
    shareLinkUrl: sharing.url,
  });
  const policy = clientPolicy(imageSystem.origins);
  server.serve({
    routes: {
      '/': withSessionHint(createClientFiles({ folder: clientFolder, policy })),
      '/graphql': graphql,
      '/api': (request, response) =>
        isExport(request) ? accountExport(request, response) : limitedApi(request, response),
      '/files': imageSystem.files,
      '/s': withRefusedRequestLimit(createSharedPages(config, parts), refusals),
      ...createOperatorRoutes(config, parts),
      ...(webhooks && { '/webhooks': withRefusedRequestLimit(webhooks, refusals) }),
      ...forOperators,
      ...(infrastructure.adminServer && { '/metrics': notFound }),
    },
    guarded: ['/graphql', '/api'],
    isAllowedOrigin: createOriginCheck(origins, createOwnOrigin(config.trustedProxies)),
    corsOrigins: config.corsOrigins,
    upgrade: (...connection) => sockets.upgrade(...connection),
  });
  return { sockets, credentials };
}

/** `/s`: the public pages of share links. */
function createSharedPages(config: Config, { infrastructure, taskSystem }: Parts): AdmittedHandler {
  const { database, imageSystem, publicUrl } = infrastructure;
  const ownOrigin = createOwnOrigin(config.trustedProxies);
  return createSharedPageHandler({
    pageOf: createSharedPageLookup({ prisma: database.prisma }),
    storage: imageSystem.storage,
    models: taskSystem.models,
    originOf: (request) => config.publicUrl ?? ownOrigin(request) ?? publicUrl,
    stylesheet: () => readStylesheet(clientFolder, 'shared-page'),
  });
}

/** `/operator`, where the database is embedded; with PostgreSQL the command needs no server. */
function createOperatorRoutes({ dataDir }: Config, { infrastructure, log }: Parts): Record<string, Handler> {
  const { database, secrets } = infrastructure;
  const { prisma, copyTo } = database;
  const isOperator = (headers: IncomingHttpHeaders) => isOperatorRequest(headers, operatorSecrets(secrets));
  return copyTo ? { '/operator': createOperatorRoute({ prisma, copyTo, dataDir, isOperator, log }) } : {};
}

/** `/graphql`: HTTP, WebSockets, and GraphiQL for a browser. */
function createGraphQLEndpoint(
  config: Config,
  { infrastructure, taskSystem, webhooks, auth, signUps, deletion, ...parts }: Parts,
  {
    addressOf,
    refusals,
    sharing,
  }: Pick<Parameters<typeof createGraphQLSockets>[0], 'addressOf' | 'refusals'> & { sharing: SharingService },
) {
  const { database, publicUrl, imageSystem } = infrastructure;
  const { prisma } = database;
  const log = withErrorCount(parts.log, infrastructure.metrics.countGraphQLError);
  const { tasks, models } = taskSystem;
  const { signupCredits, creditsUrl } = config;
  const credentials = createCredentialWatch({ prisma, log });
  const listLimit = createPerKeySemaphore(listsAtOnce);
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
      taskList: createTaskList({ prisma, limit: listLimit }),
      listLimit,
      images: imageSystem.images,
      sharing,
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
    quota: createQuota(config),
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

/** How many operations a minute a user and an API key may send. */
function createQuota({ operationsPerMinute, operationsPerMinutePerKey }: Config) {
  return createOperationQuota({
    callers: createCallerRateLimiter({ perMinute: operationsPerMinute }),
    keys: createCallerRateLimiter({ perMinute: operationsPerMinutePerKey }),
  });
}

function createSiteHealth({ infrastructure, isDraining, log }: Parts) {
  const { database, imageSystem, redis } = infrastructure;
  return createHealth({
    components: {
      database: { check: () => database.check(), isRequired: true, freshMs: 1_000 },
      // Writes an object.
      storage: { check: () => imageSystem.storage.check(), isRequired: false, freshMs: 30_000 },
      ...(redis && { fanOut: { check: () => redis.check(), isRequired: false, freshMs: 1_000 } }),
    },
    isDraining,
    log,
  });
}

/** Undefined where no provider sends webhooks. */
function createWebhooks({ infrastructure, taskSystem, isDraining, log }: Parts) {
  const { database, providers } = infrastructure;
  return (
    providers.webhooks &&
    createWebhookHandler({
      ...providers.webhooks,
      recordDelivery: taskSystem.deliveries.recordDelivery,
      handleReport: taskSystem.worker.handleReport,
      isDraining,
      clock: database.clock,
      log,
    })
  );
}
