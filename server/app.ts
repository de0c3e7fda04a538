/**
 * The composition root: builds everything once, in dependency order, with the help of the files beside it. `adapters.ts`
 * plugs adapters into the ports.
 */
import { createSessionWatch } from './auth/session-watch.ts';
import { checkStorage, installationSecret, openProviders, openStorage, pictureOrigin } from './adapters.ts';
import { createAuth } from './auth/session.ts';
import { type Config, ConfigError } from './config.ts';
import { createLedger } from './credits/ledger.ts';
import { prepareDataDir } from './data-dir.ts';
import { openDatabase } from './database/open.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import { createGraphQLEndpoint } from './graphql-endpoint.ts';
import { createAddressOf } from './lib/client-address.ts';
import { createHealth } from './http/health.ts';
import { createMetrics } from './http/metrics.ts';
import { createOriginCheck, createOwnOrigin } from './http/origin.ts';
import { createHttpServer } from './http/server.ts';
import { expireUploads } from './images/expiry.ts';
import { createOwnPrefix, ForeignPrefix } from './images/own-prefix.ts';
import { createPictureProcessor } from './images/pictures/picture-processor.ts';
import { createImageService } from './images/service.ts';
import { sweepOrphans } from './images/sweep.ts';
import { every } from './lib/every.ts';
import { createLimiter, createRequestLimiter } from './lib/limiter.ts';
import { createPerKeyLimit } from './lib/per-key-limit.ts';
import type { Log } from './lib/log.ts';
import { createRefusalLimit } from './lib/refusal-limit.ts';
import { deriveSecret } from './lib/secret.ts';
import type { ProviderName } from './models/catalogue.ts';
import { createRoutes } from './routes.ts';
import { createTaskSystem } from './task-system.ts';
import { createLocalEvents } from './tasks/events.ts';
import { createRedisEvents } from './tasks/redis-events.ts';
import { createTaskList } from './tasks/list.ts';

export interface App {
  /** The URL at which it is reached. */
  url: string;
  /** Stops cleanly within 10 s: accepts nothing new, and finishes or hands back what is running. */
  close(): Promise<void>;
}

const housekeepingMs = 3_600_000;
/** Concurrent list and count statements of one user on one node: a small share of the database's connections. */
const listsAtOnce = 2;
/** How long the start waits for the storage before it goes on without it. */
const claimWaitMs = 5_000;

/** Starts the whole product; rejects, with everything closed again, where a part cannot start. */
export async function startApp(config: Config, log: Log): Promise<App> {
  await using opened = new AsyncDisposableStack();
  for (const warning of config.warnings) log.warn({ component: 'config' }, warning);
  if (!config.databaseUrl || !config.s3) await prepareDataDir(config.dataDir);

  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    onLog: (level, message) => log[level]({ component: 'database' }, message),
  });
  opened.defer(() => database.close());
  const { prisma, clock } = database;

  const server = createHttpServer({ log });
  const port = await server.listen(config.host, config.port);
  opened.defer(() => server.close({ graceMs: 0 }));
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  const ownOrigins = [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const origins = [...new Set([...ownOrigins, ...config.corsOrigins])];

  const secret = await installationSecret(config);
  const { storage, files, downloadUrl } = openStorage(config, { publicUrl, secret });
  await checkStorage(storage, config, log);
  const metrics = createMetrics();
  const { providers, sandboxed, webhooks, stop } = await openProviders(config, {
    metrics,
    log,
    port,
    publicUrl,
  });
  opened.defer(stop);

  const redis = config.redis && createRedisEvents({ ...config.redis, log });
  const events = metrics.countTasks(redis ?? createLocalEvents());
  opened.defer(() => events.close());
  const stored = { prisma, storage, prefix: config.s3?.prefix };
  const ownPrefix = createOwnPrefix(stored);
  await claimPrefix(ownPrefix, log);
  const pictures = createPictureProcessor();
  opened.defer(() => pictures.close());
  const images = createImageService({
    prisma,
    storage,
    ownPrefix,
    pictures,
    downloadUrl,
    maxUploadBytes: config.maxUploadBytes,
    maxStoredBytes: config.maxStoredBytesPerUser,
    log,
  });
  const system = createTaskSystem(config, { prisma, clock, providers, sandboxed, images, events, log });
  const { worker, tasks, models, deliveries, idempotencyKeys } = system;
  const auth = openAuth(config, { prisma, secret, publicUrl, origins, log });

  const sessions = createSessionWatch({ prisma, log });
  opened.defer(() => sessions.close());
  const listLimit = createPerKeyLimit(listsAtOnce);
  const taskList = createTaskList({ prisma, limit: listLimit });
  const { signupCredits, creditsUrl } = config;
  const creditTerms = { signupCredits, creditsUrl };
  const addressOf = createAddressOf(config.trustedProxies);
  const refusals = createRefusalLimit({
    limiter: createLimiter({ name: 'refused requests', perMinute: config.refusedRequestsPerMinute }),
    addressOf,
    viewerOf: auth.viewer,
  });
  const { handler: graphql, sockets } = createGraphQLEndpoint(config, {
    services: { prisma, sessions, tasks, taskList, listLimit, images, models, creditTerms },
    auth,
    refusals,
    addressOf,
    publicUrl,
    log,
  });
  metrics.watch({
    activeAttempts: () => worker.activeAttempts,
    subscribers: () => events.subscriberCount,
    sockets: () => sockets.size,
  });

  let draining = false;
  const isDraining = () => draining;
  const health = createHealth({
    components: {
      database: { check: () => database.check(), isRequired: true, freshMs: 1_000 },
      // Writes an object.
      storage: { check: () => storage.check(), isRequired: false, freshMs: 30_000 },
      ...(redis && { fanOut: { check: () => redis.check(), isRequired: false, freshMs: 1_000 } }),
    },
    isDraining,
    log,
  });
  metrics.watchComponents(() => health.states());
  server.serve({
    routes: createRoutes(config, {
      auth,
      graphql,
      files,
      webhooks: webhooks && {
        ...webhooks,
        recordDelivery: deliveries.recordDelivery,
        accept: worker.handleReport,
        isDraining,
        clock,
        log,
      },
      health,
      metrics,
      refusals,
      addressOf,
      imageOrigins: config.s3 ? [publicUrl, ...(await pictureOrigin(storage))] : [publicUrl],
    }),
    guarded: ['/graphql', '/api'],
    isAllowedOrigin: createOriginCheck(origins, createOwnOrigin(config.trustedProxies)),
    corsOrigins: config.corsOrigins,
    upgrade: (...connection) => sockets.upgrade(...connection),
  });
  worker.start();
  const housekeeping = every(
    housekeepingMs,
    {
      purgeWebhookDeliveries: deliveries.purgeExpired,
      purgeIdempotencyKeys: idempotencyKeys.purgeExpired,
      digestOldTokens: () => auth.digestOldTokens(),
      expireUploads: () => expireUploads({ prisma, images, retentionDays: config.uploadRetentionDays, log }),
      sweepOrphans: () =>
        sweepOrphans({ ...stored, log, onStop: (reason) => metrics.countSweepStop(reason) }),
    },
    log,
  );
  opened.defer(() => housekeeping.stop());
  warnOfDeployment(config, { sandboxed, publicUrl, log });
  log.info({ url: publicUrl, database: database.kind, sandboxed }, 'serving');

  const parts = opened.move();
  return {
    url: publicUrl,
    async close() {
      draining = true;
      const answered = server.close({ graceMs: 9_000 });
      await worker.stop({ graceMs: 7_000 });
      await sockets.close();
      events.close();
      await answered;
      await parts.disposeAsync();
    },
  };
}

/** Claims the storage prefix for this installation, or goes on without it where the storage does not answer. */
async function claimPrefix(ownPrefix: () => Promise<unknown>, log: Log): Promise<void> {
  await settledWithin(claimWaitMs, ownPrefix()).catch((error: unknown) => {
    if (error instanceof ForeignPrefix) throw new ConfigError(error.message);
    log.warn({ error }, 'storage does not answer; pictures cannot be stored before it does');
  });
}

interface AuthDependencies {
  prisma: PrismaClient;
  secret: string;
  publicUrl: string;
  origins: string[];
  log: Log;
}

function openAuth(config: Config, { prisma, secret, publicUrl, origins, log }: AuthDependencies) {
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

interface Deployment {
  sandboxed: Readonly<Partial<Record<ProviderName, boolean>>>;
  publicUrl: string;
  log: Log;
}

/** Logs settings that do not fit a deployment with several nodes or a proxy. */
function warnOfDeployment(config: Config, { sandboxed, publicUrl, log }: Deployment): void {
  const isShared = config.databaseUrl !== undefined;
  if (isShared && (Object.values(sandboxed).includes(true) || !config.s3))
    log.warn(
      {},
      'Other nodes on this database see neither the sandbox nor the pictures of this one: set keys and S3_BUCKET',
    );
  if (publicUrl.startsWith('https:') && config.trustedProxies === 0)
    log.warn({}, 'Behind a proxy all callers count as one address: set TRUSTED_PROXIES');
}

/** Settles as the work does; rejects where that takes longer. */
async function settledWithin<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
