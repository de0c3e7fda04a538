/** The composition root: builds everything once, in dependency order; what is plugged into the ports is in `adapters.ts`. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { toNodeHandler } from 'better-auth/node';
import { createSessionWatch } from './auth/session-watch.ts';
import { checkStorage, installationSecret, openProviders, openStorage, pictureOrigin } from './adapters.ts';
import { createAuth } from './auth/session.ts';
import { type Config, ConfigError } from './config.ts';
import { createLedger } from './credits/ledger.ts';
import { prepareDataDir } from './data-dir.ts';
import { openDatabase } from './database/open.ts';
import { createGraphiQL, wantsGraphiQL } from './graphql/graphiql.ts';
import { createGraphQLHandler } from './graphql/http.ts';
import { createGraphQLSockets } from './graphql/ws.ts';
import { createAddressOf } from './lib/client-address.ts';
import { createClientFiles } from './http/client-files.ts';
import { createFileAddresses } from './http/file-addresses.ts';
import { clientPolicy, graphiqlPolicy } from './http/headers.ts';
import { createHealth, liveness } from './http/health.ts';
import { withAddress, withLimit, withRefusalLimit } from './http/limit.ts';
import { createMetrics } from './http/metrics.ts';
import { createOriginCheck, createOwnOrigin } from './http/origin.ts';
import { createHttpServer } from './http/server.ts';
import { withSessionHint } from './http/session-hint.ts';
import { withSmallBody } from './http/small-body.ts';
import { createWebhookHandler } from './http/webhooks.ts';
import { expireUploads } from './images/expiry.ts';
import { createOwnPrefix, ForeignPrefix } from './images/own-prefix.ts';
import { createPictureProcessor } from './images/pictures/picture-processor.ts';
import { createImageService } from './images/service.ts';
import { sweepOrphans } from './images/sweep.ts';
import { every } from './lib/every.ts';
import { createLimiter } from './lib/limiter.ts';
import { createPerKeyLimit } from './lib/per-key-limit.ts';
import type { Log } from './lib/log.ts';
import { createRefusalLimit } from './lib/refusal-limit.ts';
import { deriveSecret } from './lib/secret.ts';
import { createMedianDuration } from './models/median-duration.ts';
import { createModelService } from './models/service.ts';
import { schema } from './schema.ts';
import { createLocalEvents } from './tasks/events.ts';
import { createRedisEvents } from './tasks/redis-events.ts';
import { createTaskList } from './tasks/list.ts';
import { createTaskService } from './tasks/service.ts';
import { createIdempotencyKeys } from './tasks/store/idempotency-keys.ts';
import { createTaskStore } from './tasks/store/store.ts';
import { createUpstreamCancels } from './tasks/store/upstream-cancels.ts';
import { createWebhookDeliveries } from './tasks/store/webhook-deliveries.ts';
import { createCanceler } from './tasks/worker/cancel.ts';
import { createAttempts } from './tasks/worker/attempt.ts';
import { createWorker } from './tasks/worker/worker.ts';

export interface App {
  /** Where it is reached. */
  url: string;
  /** Stops cleanly within 10 s: nothing new is taken, what is under way is finished or given back. */
  close(): Promise<void>;
}

const housekeepingMs = 3_600_000;
/** Statements of one user that list or count, on one node: a small share of the database's connections. */
const listsAtOnce = 2;
/** The start waits this long for the storage, and goes on without it. */
const claimWaitMs = 5_000;
const clientFolder = path.join(import.meta.dirname, '../dist/client');

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

  const store = createTaskStore({ prisma });
  const idempotencyKeys = createIdempotencyKeys({ prisma, clock });
  const deliveries = createWebhookDeliveries({ prisma });
  const redis = config.redis && createRedisEvents({ ...config.redis, log });
  const events = metrics.countTasks(redis ?? createLocalEvents());
  opened.defer(() => events.close());
  const stored = { prisma, storage, prefix: config.s3?.prefix };
  const ownPrefix = createOwnPrefix(stored);
  await settledWithin(claimWaitMs, ownPrefix()).catch((error: unknown) => {
    if (error instanceof ForeignPrefix) throw new ConfigError(error.message);
    log.warn({ error }, 'storage does not answer; pictures cannot be stored before it does');
  });
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
  const models = createModelService({ sandboxed, medianDurationMs: createMedianDuration({ prisma }) });
  const canceler = createCanceler({ providers, cancels: createUpstreamCancels({ prisma }), log });
  const attempts = createAttempts({
    providers,
    images,
    clock,
    countRunning: store.countRunning,
    canceler,
    pollIntervalMs: config.pollIntervalMs,
    log,
  });
  const worker = createWorker({
    store,
    events,
    clock,
    attempts,
    canceler,
    providers: Object.keys(providers),
    node: randomUUID(),
    concurrency: config.workerConcurrency,
    log,
  });
  const tasks = createTaskService({
    store,
    idempotencyKeys,
    images,
    models,
    events,
    clock,
    onChange: (task) => worker.wake(task),
    taskTimeoutMs: config.taskTimeoutMs,
    maxActiveTasks: config.maxActiveTasks,
  });
  const ledger = createLedger({ prisma, signupCredits: config.signupCredits });
  const auth = createAuth({
    prisma,
    secret: deriveSecret(secret, 'sessions'),
    publicUrl,
    origins,
    signupCredits: config.signupCredits,
    beforeSession: (userId) => ledger.grantWelcome(userId),
    limiter: createLimiter({ name: 'failed sign-ins', perMinute: config.failedSignInsPerMinute }),
    log,
  });

  const { corsOrigins, maxUploadBytes } = config;
  const sessions = createSessionWatch({ prisma, log });
  opened.defer(() => sessions.close());
  const listLimit = createPerKeyLimit(listsAtOnce);
  const taskList = createTaskList({ prisma, limit: listLimit });
  const { signupCredits, creditsUrl } = config;
  const creditTerms = { signupCredits, creditsUrl };
  const services = { prisma, sessions, tasks, taskList, listLimit, images, models, creditTerms };
  const addressOf = createAddressOf(config.trustedProxies);
  const ownOrigin = createOwnOrigin(config.trustedProxies);
  const yoga = createGraphQLHandler({
    schema,
    services,
    viewerOf: auth.viewer,
    maxUploadBytes,
    limiter: createLimiter({ name: 'operations', perMinute: config.operationsPerMinute }),
    maxSubscriptionsPerUser: config.maxSubscriptionsPerUser,
    addressOf,
    fileAddresses: createFileAddresses({ publicUrl, ownOrigin }),
    log,
  });
  const refusals = createRefusalLimit({
    limiter: createLimiter({ name: 'refused requests', perMinute: config.refusedRequestsPerMinute }),
    addressOf,
    viewerOf: auth.viewer,
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
  metrics.watch({
    activeAttempts: () => worker.activeAttempts,
    subscribers: () => events.subscriberCount,
    sockets: () => sockets.size,
  });

  let draining = false;
  const health = createHealth({
    components: {
      database: { check: () => database.check(), isRequired: true, freshMs: 1_000 },
      // Writes an object.
      storage: { check: () => storage.check(), isRequired: false, freshMs: 30_000 },
      ...(redis && { fanOut: { check: () => redis.check(), isRequired: false, freshMs: 1_000 } }),
    },
    isDraining: () => draining,
    log,
  });
  metrics.watchComponents(() => health.states());
  const pictureOrigins = config.s3 ? [publicUrl, ...(await pictureOrigin(storage))] : [publicUrl];
  server.serve({
    routes: {
      '/': withSessionHint(createClientFiles({ folder: clientFolder, policy: clientPolicy(pictureOrigins) })),
      '/graphql': (request, response) => {
        response.setHeader('Content-Security-Policy', graphiqlPolicy);
        return wantsGraphiQL(request) ? graphiql(request, response) : graphql(request, response);
      },
      '/api': withLimit(withSmallBody(withAddress(toNodeHandler(auth.handler), addressOf)), {
        limiter: createLimiter({ name: 'sign-ins', perMinute: config.signInsPerMinute }),
        addressOf,
      }),
      '/files': files,
      ...(webhooks && {
        '/webhooks': withRefusalLimit(
          createWebhookHandler({
            ...webhooks,
            recordDelivery: deliveries.recordDelivery,
            accept: (report) => worker.handleReport(report),
            isDraining: () => draining,
            clock,
            log,
          }),
          refusals,
        ),
      }),
      '/healthz': liveness,
      '/readyz': health.readiness,
      '/metrics': metrics.handler,
    },
    guarded: ['/graphql', '/api'],
    isAllowedOrigin: createOriginCheck(origins, ownOrigin),
    corsOrigins,
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
  const isShared = config.databaseUrl !== undefined;
  if (isShared && (Object.values(sandboxed).includes(true) || !config.s3))
    log.warn(
      {},
      'Other nodes on this database see neither the sandbox nor the pictures of this one: set keys and S3_BUCKET',
    );
  if (publicUrl.startsWith('https:') && config.trustedProxies === 0)
    log.warn({}, 'Behind a proxy all callers count as one address: set TRUSTED_PROXIES');
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

/** Settles as the work does; rejects where that takes longer. */
async function settledWithin<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
