/** Builds what the HTTP server serves: the paths, each with the limits before its handler, and the WebSockets. */
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { toNodeHandler } from 'better-auth/node';
import { createDownloads } from './downloads.ts';
import { isOperatorRequest, operatorSecrets } from './admin/operator-token.ts';
import { createOperatorRoute } from './backup/database-copy.ts';
import type { Config } from './config/config.ts';
import { createClientFiles } from './http/client-files.ts';
import { type Handler, notFound } from './http/handler.ts';
import { clientPolicy } from './http/headers.ts';
import { createHealth, liveness } from './http/health.ts';
import { createOriginCheck, createOwnOrigin } from './http/origin.ts';
import {
  createRefusedRequestLimit,
  withRefusedRequestLimit,
  withSignInLimit,
  withSmallBody,
} from './http/request-limits.ts';
import { withSessionHint } from './http/session-hint.ts';
import { createWebhookHandler } from './http/webhooks.ts';
import { addressHeader, createAddressOf } from './lib/client-address.ts';
import { createPerKeySemaphore } from './lib/per-key-limits.ts';
import { createCallerRateLimiter, createRateLimiter } from './lib/rate-limiter.ts';
import { withToken } from './metrics/access.ts';
import { createInstallationFigures } from './metrics/installation.ts';
import { createSharedPages } from './shared-pages.ts';
import { createSharingService } from './sharing/service.ts';
import { createTaskList } from './tasks/list.ts';
import { createGraphQLEndpoint, type EndpointParts } from './graphql-endpoint.ts';

interface Parts extends EndpointParts {
  isDraining: () => boolean;
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
  const { prisma } = infrastructure.database;
  const sharing = createSharingService({ prisma, publicUrl: infrastructure.publicUrl });
  const listLimit = createPerKeySemaphore(listsAtOnce);
  const taskList = createTaskList({ prisma, limit: listLimit });
  const services = { sharing, listLimit, taskList };
  const { graphql, sockets, credentials } = createGraphQLEndpoint(config, parts, {
    addressOf,
    refusals,
    services,
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
  const downloads = createDownloads(parts, services);
  server.serve({
    routes: {
      '/': withSessionHint(
        createClientFiles({ folder: clientFolder, policy: clientPolicy(imageSystem.origins) }),
      ),
      '/graphql': graphql,
      '/api': (request, response) => (downloads(request) ?? limitedApi)(request, response),
      '/files': imageSystem.files,
      '/s': withRefusedRequestLimit(createSharedPages(config, { ...parts, clientFolder }), refusals),
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

/** `/operator`, where the database is embedded; with PostgreSQL the command needs no server. */
function createOperatorRoutes({ dataDir }: Config, { infrastructure, log }: Parts): Record<string, Handler> {
  const { database, secrets } = infrastructure;
  const { prisma, copyTo } = database;
  const isOperator = (headers: IncomingHttpHeaders) => isOperatorRequest(headers, operatorSecrets(secrets));
  return copyTo ? { '/operator': createOperatorRoute({ prisma, copyTo, dataDir, isOperator, log }) } : {};
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
