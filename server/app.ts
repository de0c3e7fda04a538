/**
 * The composition root: builds everything once, in dependency order. `infrastructure.ts` opens what it runs on, and
 * `adapters.ts` selects the adapters for the ports.
 */
import { createSessionWatch } from './auth/session-watch.ts';
import { createAuth } from './auth/session.ts';
import type { Config } from './config.ts';
import { createLedger } from './credits/ledger.ts';
import { createGraphQLEndpoint } from './graphql-endpoint.ts';
import { createHealth } from './http/health.ts';
import { createOriginCheck, createOwnOrigin } from './http/origin.ts';
import { expireUploads } from './images/expiry.ts';
import { sweepOrphans } from './images/sweep.ts';
import { type Infrastructure, openInfrastructure } from './infrastructure.ts';
import { createAddressOf } from './lib/client-address.ts';
import { every } from './lib/every.ts';
import { createLimiter, createRequestLimiter } from './lib/limiter.ts';
import type { Log } from './lib/log.ts';
import { createPerKeyLimit } from './lib/per-key-limit.ts';
import { createRefusalLimit } from './lib/refusal-limit.ts';
import { deriveSecret } from './lib/secret.ts';
import { createRoutes } from './routes.ts';
import { createTaskSystem } from './task-system.ts';
import { createTaskList } from './tasks/list.ts';

export interface App {
  /** The URL at which it is reached. */
  url: string;
  /** Stops cleanly within 10 s: accepts nothing new, and finishes running work or leaves it to another node. */
  close(): Promise<void>;
}

const housekeepingMs = 3_600_000;
/** Concurrent list and count statements of one user on one node: a small share of the database's connections. */
const listsAtOnce = 2;

/** Starts the whole product; rejects, with everything closed again, where a part cannot start. */
export async function startApp(config: Config, log: Log): Promise<App> {
  await using opened = new AsyncDisposableStack();
  for (const warning of config.warnings) log.warn({ component: 'config' }, warning);
  const infrastructure = await openInfrastructure(config, log, opened);
  const { database, server, publicUrl, imageSystem, providers, events } = infrastructure;
  const { prisma, clock } = database;
  const { images } = imageSystem;
  const system = createTaskSystem(config, { ...providers, prisma, clock, images, events, log });
  const { worker, tasks, models } = system;
  const auth = openAuth(config, infrastructure, log);
  const sessions = createSessionWatch({ prisma, log });
  opened.defer(() => sessions.close());

  const addressOf = createAddressOf(config.trustedProxies);
  const refusals = createRefusalLimit({
    limiter: createLimiter({ name: 'refused requests', perMinute: config.refusedRequestsPerMinute }),
    addressOf,
    viewerOf: auth.viewer,
  });
  const listLimit = createPerKeyLimit(listsAtOnce);
  const taskList = createTaskList({ prisma, limit: listLimit });
  const { signupCredits, creditsUrl } = config;
  const creditTerms = { signupCredits, creditsUrl };
  const { handler: graphql, sockets } = createGraphQLEndpoint(config, {
    services: { prisma, sessions, tasks, taskList, listLimit, images, models, creditTerms },
    auth,
    refusals,
    addressOf,
    publicUrl,
    log,
  });
  const draining = new AbortController();
  const isDraining = () => draining.signal.aborted;
  serve(config, infrastructure, { system, auth, refusals, addressOf, graphql, sockets, isDraining, log });
  worker.start();
  const housekeeping = startHousekeeping(config, infrastructure, { system, auth, log });
  opened.defer(() => housekeeping.stop());
  warnOfDeployment(config, infrastructure, log);
  log.info({ url: publicUrl, database: database.kind, sandboxed: providers.sandboxed }, 'serving');

  const parts = opened.move();
  return {
    url: publicUrl,
    async close() {
      draining.abort();
      const drained = server.close({ graceMs: 9_000 });
      await worker.stop({ graceMs: 7_000 });
      await sockets.close();
      events.close();
      await drained;
      await parts.disposeAsync();
    },
  };
}

function openAuth(config: Config, { database, secret, publicUrl, origins }: Infrastructure, log: Log) {
  const { prisma } = database;
  const { signupCredits, failedSignInsPerMinute } = config;
  const ledger = createLedger({ prisma, signupCredits });
  return createAuth({
    prisma,
    secret: deriveSecret(secret, 'sessions'),
    publicUrl,
    origins,
    signupCredits,
    beforeSession: (userId) => ledger.grantWelcome(userId),
    limiter: createRequestLimiter({ name: 'failed sign-ins', perMinute: failedSignInsPerMinute }),
    log,
  });
}

type RouteParts = Pick<Parameters<typeof createRoutes>[1], 'auth' | 'refusals' | 'addressOf' | 'graphql'>;

interface Served extends RouteParts {
  system: ReturnType<typeof createTaskSystem>;
  sockets: ReturnType<typeof createGraphQLEndpoint>['sockets'];
  isDraining: () => boolean;
  log: Log;
}

/** Gives the HTTP server its routes, and the metrics their gauges. */
function serve(config: Config, infrastructure: Infrastructure, served: Served): void {
  const { database, server, origins, imageSystem, metrics, providers, redis, events } = infrastructure;
  const { system, sockets, isDraining, log, ...parts } = served;
  const { worker, deliveries } = system;
  const health = createHealth({
    components: {
      database: { check: () => database.check(), isRequired: true, freshMs: 1_000 },
      // Writes an object.
      storage: { check: () => imageSystem.storage.check(), isRequired: false, freshMs: 30_000 },
      ...(redis && { fanOut: { check: () => redis.check(), isRequired: false, freshMs: 1_000 } }),
    },
    isDraining,
    log,
  });
  metrics.watchComponents(() => health.states());
  metrics.watch({
    activeAttempts: () => worker.activeAttempts,
    subscribers: () => events.subscriberCount,
    sockets: () => sockets.size,
  });
  const webhooks = providers.webhooks && {
    ...providers.webhooks,
    recordDelivery: deliveries.recordDelivery,
    accept: worker.handleReport,
    isDraining,
    clock: database.clock,
    log,
  };
  const { files, origins: imageOrigins } = imageSystem;
  server.serve({
    routes: createRoutes(config, { ...parts, files, webhooks, health, metrics, imageOrigins }),
    guarded: ['/graphql', '/api'],
    isAllowedOrigin: createOriginCheck(origins, createOwnOrigin(config.trustedProxies)),
    corsOrigins: config.corsOrigins,
    upgrade: (...connection) => sockets.upgrade(...connection),
  });
}

function startHousekeeping(
  config: Config,
  { database, imageSystem, metrics }: Infrastructure,
  { system, auth, log }: Pick<Served, 'system' | 'auth' | 'log'>,
) {
  const { prisma } = database;
  const { images, stored } = imageSystem;
  const jobs = {
    purgeWebhookDeliveries: system.deliveries.purgeExpired,
    purgeIdempotencyKeys: system.idempotencyKeys.purgeExpired,
    digestOldTokens: () => auth.digestOldTokens(),
    expireUploads: () => expireUploads({ prisma, images, retentionDays: config.uploadRetentionDays, log }),
    sweepOrphans: () => sweepOrphans({ ...stored, log, onStop: (reason) => metrics.countSweepStop(reason) }),
  };
  return every(housekeepingMs, jobs, log);
}

/** Logs settings that do not fit a deployment with several nodes or a proxy. */
function warnOfDeployment(config: Config, { providers, publicUrl }: Infrastructure, log: Log): void {
  const isShared = config.databaseUrl !== undefined;
  if (isShared && (Object.values(providers.sandboxed).includes(true) || !config.s3))
    log.warn(
      {},
      'Other nodes on this database see neither the sandbox nor the pictures of this one: set keys and S3_BUCKET',
    );
  if (publicUrl.startsWith('https:') && config.trustedProxies === 0)
    log.warn({}, 'Behind a proxy all callers count as one address: set TRUSTED_PROXIES');
}
