/** Opens what the product runs on: the database, the HTTP server, storage, providers and the fan-out. */
import { checkStorage, openMailer, openProviders, openStorage } from './adapters.ts';
import type { Config } from './config/config.ts';
import { prepareDataDir, readSecret, writeAddress } from './data-dir.ts';
import { type Database, openDatabase } from './database/open.ts';
import { createAccessLog } from './http/access-log.ts';
import { createHttpServer } from './http/server.ts';
import { createImporter } from './images/importer.ts';
import { createPictureProcessor } from './images/pictures/picture-processor.ts';
import { createImageService } from './images/service.ts';
import { claimPrefix, PrefixTaken } from './images/storage-prefix.ts';
import { createAddressOf } from './lib/client-address.ts';
import { createGuardedFetch } from './lib/guarded-fetch.ts';
import type { Log } from './lib/log.ts';
import type { Secrets } from './lib/secret.ts';
import { createOutgoingMail } from './mail/outgoing-mail.ts';
import { withTimeout } from './lib/timeout.ts';
import { createMetrics } from './metrics/metrics.ts';
import { catalogue, providerNames } from './models/catalogue.ts';
import { createLocalEvents, observeChanges } from './tasks/events.ts';
import { createRedisEvents } from './tasks/redis-events.ts';
import { openTraces } from './traces/traces.ts';
import { readVersion } from './version.ts';

export type Infrastructure = Awaited<ReturnType<typeof openInfrastructure>>;

/** How long the start waits for the storage before it continues without it. */
const claimTimeoutMs = 5_000;

/** @param opened closes each part, in reverse order */
export async function openInfrastructure(config: Config, log: Log, opened: AsyncDisposableStack) {
  const build = { version: await readVersion(), node: process.version };
  const traces = await openTraces(config.traces, { build, log });
  opened.defer(() => traces.close());
  if (!config.databaseUrl || !config.s3) await prepareDataDir(config.dataDir);
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    onLog: (level, message) => log[level]({ component: 'database' }, message),
  });
  opened.defer(() => database.close());

  const metrics = createMetrics({
    build,
    providers: providerNames,
    models: catalogue.map(({ name }) => name),
  });
  const logAccess = config.accessLog
    ? createAccessLog({ log, addressOf: createAddressOf(config.trustedProxies) })
    : undefined;
  const server = createHttpServer({
    log,
    onRequest: traces.requests?.onRequest,
    onAnswer(answer) {
      metrics.countRequest({ ...answer, method: answer.request.method ?? '' });
      logAccess?.(answer);
    },
  });
  const port = await server.listen(config.host, config.port);
  opened.defer(() => server.close({ graceMs: 0 }));
  if (!config.databaseUrl) opened.defer(await writeAddress(config.dataDir, config.host, port));
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  const ownOrigins = [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const origins = [...new Set([...ownOrigins, ...config.corsOrigins])];

  const adminServer =
    config.adminPort === undefined ? undefined : await openAdminServer(config, config.adminPort, log, opened);

  const secrets = {
    current: config.authSecret ?? (await readSecret(config.dataDir)),
    accepted: config.authSecretsAccepted ?? [],
  };
  const imageSystem = await openImageSystem(config, { database, publicUrl, secrets, log });
  opened.defer(() => imageSystem.close());
  const providers = await openProviders(config, { metrics, traces, log, port, publicUrl });
  opened.defer(() => providers.stop());
  const redis = config.redis && createRedisEvents({ ...config.redis, log });
  const events = observeChanges(redis ?? createLocalEvents(), (task) => {
    metrics.countChange(task);
    traces.tasks.recordChange(task);
  });
  opened.defer(() => events.close());
  const outgoingMail = createOutgoingMail({ mailer: await openMailer(config, log), log });
  opened.defer(() => outgoingMail.close());
  return {
    database,
    server,
    adminServer,
    publicUrl,
    origins,
    secrets,
    imageSystem,
    metrics,
    traces,
    providers,
    redis,
    events,
    outgoingMail,
  };
}

/** Opens the port that only operators reach. */
async function openAdminServer(
  { host }: Config,
  adminPort: number,
  log: Log,
  opened: AsyncDisposableStack,
): Promise<{ server: ReturnType<typeof createHttpServer>; url: string }> {
  const server = createHttpServer({ log });
  const port = await server.listen(host, adminPort);
  opened.defer(() => server.close({ graceMs: 0 }));
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

/** Opens the storage of images, and builds the service that works on them. */
async function openImageSystem(
  config: Config,
  {
    database,
    publicUrl,
    secrets,
    log,
  }: { database: Database; publicUrl: string; secrets: Secrets; log: Log },
) {
  const { prisma } = database;
  const { storage, files, downloadUrl } = await openStorage(config, { publicUrl, secrets });
  await checkStorage(storage, config, log);
  const stored = { prisma, storage, prefix: config.s3?.prefix };
  const ownPrefix = claimPrefix(stored);
  await withTimeout(claimTimeoutMs, `No answer within ${claimTimeoutMs} ms`, ownPrefix()).catch(
    (error: unknown) => {
      if (error instanceof PrefixTaken) throw error;
      log.warn({ error }, 'storage does not answer; pictures cannot be stored before it does');
    },
  );
  const pictures = createPictureProcessor();
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
  const importer = createImporter({
    images,
    fetch: createGuardedFetch({ allowedOrigins: config.importOrigins, allowsHttp: true }),
    maxUploadBytes: config.maxUploadBytes,
  });
  // Browsers load images directly from an S3-compatible store.
  const storageOrigins = config.s3 ? [new URL(await storage.url('images/example.png')).origin] : [];
  return {
    images,
    importer,
    storage,
    stored,
    /** Serves the addresses under `/files`. */
    files,
    /** The origins from which browsers load images. */
    origins: [publicUrl, ...storageOrigins],
    close: () => pictures.close(),
  };
}
