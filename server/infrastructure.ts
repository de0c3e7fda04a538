/** Opens what the product runs on: the database, the HTTP server, storage, providers and the fan-out. */
import { installationSecret, openProviders } from './adapters.ts';
import type { Config } from './config.ts';
import { prepareDataDir } from './data-dir.ts';
import { openDatabase } from './database/open.ts';
import { createMetrics } from './http/metrics.ts';
import { createHttpServer } from './http/server.ts';
import { openImageSystem } from './image-system.ts';
import type { Log } from './lib/log.ts';
import { createLocalEvents } from './tasks/events.ts';
import { createRedisEvents } from './tasks/redis-events.ts';

export type Infrastructure = Awaited<ReturnType<typeof openInfrastructure>>;

/** @param opened closes each part, in reverse order */
export async function openInfrastructure(config: Config, log: Log, opened: AsyncDisposableStack) {
  if (!config.databaseUrl || !config.s3) await prepareDataDir(config.dataDir);
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    onLog: (level, message) => log[level]({ component: 'database' }, message),
  });
  opened.defer(() => database.close());
  const { prisma } = database;

  const server = createHttpServer({ log });
  const port = await server.listen(config.host, config.port);
  opened.defer(() => server.close({ graceMs: 0 }));
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  const ownOrigins = [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const origins = [...new Set([...ownOrigins, ...config.corsOrigins])];

  const secret = await installationSecret(config);
  const imageSystem = await openImageSystem(config, { prisma, publicUrl, secret, log });
  opened.defer(() => imageSystem.close());
  const metrics = createMetrics();
  const providers = await openProviders(config, { metrics, log, port, publicUrl });
  opened.defer(() => providers.stop());
  const redis = config.redis && createRedisEvents({ ...config.redis, log });
  const events = metrics.countTasks(redis ?? createLocalEvents());
  opened.defer(() => events.close());
  return { database, server, publicUrl, origins, secret, imageSystem, metrics, providers, redis, events };
}
