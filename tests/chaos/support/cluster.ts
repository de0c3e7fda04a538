/** Nodes on one database, one Redis, one object store and one provider. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { openForReading } from '../../../server/database/open.ts';
import { createMigratedServerDatabase } from '../../support/databases.ts';
import { audit } from '../../../server/tasks/audit.ts';
import { startTcpProxy, type Interceptor, type TcpProxy } from '../tcp-proxy.ts';
import { until } from './chaos.ts';
import { type ChaosNode, createNode } from './node.ts';
import { type ObjectStore, startObjectStore } from './object-store.ts';
import { createStatementInterceptor, type StatementWatch } from './postgres-interceptor.ts';
import { type ChaosProvider, startProvider } from './provider.ts';

export interface ClusterOptions {
  nodes: number;
  /** Embedded databases in folders of their own instead of one on the PostgreSQL server; then one node is meant. */
  isEmbedded?: boolean;
  /** Webhooks are asked for and brought to any node that is up. */
  hasWebhooks?: boolean;
  speed?: number;
  env?: Record<string, string>;
  /** Further variables of the node of that number. */
  nodeEnv?: (index: number) => Record<string, string>;
  /** False: each node has a fan-out of its own. */
  hasRedis?: boolean;
  /** Each node reaches the services through proxies of its own, which the test can cut. */
  isProxied?: boolean;
  /** What sees what passes between the node and the services. */
  watch?: (node: string) => { statement?: StatementWatch; redis?: Interceptor; store?: Interceptor };
}

export interface ClusterNode extends ChaosNode {
  /** Absent where the cluster is neither proxied nor watched. */
  proxies?: { postgres: TcpProxy; redis: TcpProxy; store: TcpProxy };
}

export interface Cluster {
  nodes: ClusterNode[];
  provider: ChaosProvider;
  store: ObjectStore;
  /** Its own: what runs beside it shares the Redis, and neither events nor limits. */
  redisPrefix: string;
  /** Nodes that serve now. */
  up(): ClusterNode[];
  /** Rows of a statement on the PostgreSQL server, past every proxy. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Rules that are broken, with their rows; none is right. Embedded: the node must have ended. */
  audit(): Promise<unknown[]>;
  /** Ids of unfinished tasks. */
  unfinished(): Promise<string[]>;
  /** Resolves with the milliseconds that it took until no task was unfinished. */
  settled(withinMs: number): Promise<number>;
  remove(): Promise<void>;
}

const redisUrl = new URL(process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379');

const defaults = {
  POLL_INTERVAL_MS: '100',
  LOG_LEVEL: 'fatal',
  OPERATIONS_PER_MINUTE: '100000000',
  SIGN_INS_PER_MINUTE: '100000',
  SIGNUPS_PER_ADDRESS_PER_DAY: '100000',
  REFUSED_REQUESTS_PER_MINUTE: '100000000',
  MAX_SOCKETS_PER_ADDRESS: '100000',
  MAX_SOCKETS_PER_USER: '100000',
  SIGNUP_CREDITS: '1000000',
  MAX_ACTIVE_TASKS: '10000',
  TASK_TIMEOUT_MS: '45000',
  AUTH_SECRET: 'a secret for tests of 32 letters and more',
};

/** Starts the services and every node. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-chaos-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const redisPrefix = path.basename(folder);
  const database = options.isEmbedded ? undefined : await createMigratedServerDatabase();
  if (database) opened.defer(() => database.drop());
  const provider = await startProvider({ speed: options.speed ?? 40 });
  opened.defer(() => provider.close());
  const store = await startObjectStore();
  opened.defer(() => store.close());

  const { hasRedis = true } = options;
  const makeNode = async (name: string, index: number): Promise<ClusterNode> => {
    const { statement, redis, store: storeInterceptor } = options.watch?.(name) ?? {};
    const home = new URL(database?.url ?? 'postgres://127.0.0.1:5432');
    const proxies = (options.isProxied || options.watch) && {
      postgres: await startTcpProxy(addressOf(home, 5432), () =>
        statement ? createStatementInterceptor(statement) : {},
      ),
      redis: await startTcpProxy(addressOf(redisUrl, 6379), () => redis ?? {}),
      store: await startTcpProxy({ host: '127.0.0.1', port: store.port }, () => storeInterceptor ?? {}),
    };
    for (const proxy of Object.values(proxies || {})) opened.defer(() => proxy.close());
    const url = new URL(home);
    if (proxies) url.host = `127.0.0.1:${proxies.postgres.port}`;
    const redisAddress = proxies ? `redis://127.0.0.1:${proxies.redis.port}` : redisUrl.href;
    url.searchParams.set('application_name', name);
    const dataDir = await mkdtemp(path.join(folder, `${name}-`));
    const node = await createNode(name, {
      ...defaults,
      ...provider.env(name),
      ...(options.hasWebhooks && provider.webhookEnv),
      ...(database && {
        DATABASE_URL: url.href,
        ...(hasRedis && { REDIS_URL: redisAddress, REDIS_PREFIX: redisPrefix }),
        ...store.env(proxies ? proxies.store.port : store.port),
      }),
      ...options.env,
      ...options.nodeEnv?.(index),
      DATA_DIR: dataDir,
    });
    opened.defer(async () => void (await node.end('SIGKILL')));
    return Object.assign(node, { ...(proxies && { proxies }), dataDir });
  };
  const nodes = await Promise.all(
    Array.from({ length: options.nodes }, (_, index) => makeNode(`node-${'abcdefgh'[index]}`, index)),
  );
  const up = () => nodes.filter(({ isUp }) => isUp);
  provider.receivers = () => up().map(({ url }) => url);
  await Promise.all(nodes.map((node) => node.start()));

  const pool = database && new Pool({ connectionString: `${database.url}?application_name=test`, max: 4 });
  pool?.on('error', () => {}); // The database is dropped while a connection is idle.
  if (pool) opened.defer(() => pool.end());

  const dataDir = (nodes[0] as unknown as { dataDir: string }).dataDir;
  const cluster: Cluster = {
    nodes,
    provider,
    store,
    redisPrefix,
    up,
    async query<Row extends object>(sql: string, values: unknown[] = []) {
      if (!pool) throw new Error('Only a server takes statements of the test');
      return (await pool.query<Row>(sql, values)).rows;
    },
    async audit() {
      const { prisma, close } = await openForReading({ url: database?.url, dataDir });
      const results = await audit(prisma).finally(() => close());
      return results.filter(({ faults }) => faults.length > 0);
    },
    async unfinished() {
      const rows = await cluster.query<{ id: string }>(
        `SELECT "id" FROM "Task" WHERE "status" IN ('PENDING', 'PROCESSING')`,
      );
      return rows.map(({ id }) => id);
    },
    async settled(withinMs) {
      const startedAtMs = Date.now();
      await until('every task ends', async () => (await cluster.unfinished()).length === 0, {
        withinMs,
        everyMs: 250,
      });
      return Date.now() - startedAtMs;
    },
    remove: () => parts.disposeAsync(),
  };
  const parts = opened.move();
  return cluster;
}

function addressOf(url: URL, standardPort: number) {
  return { host: url.hostname, port: Number(url.port || standardPort) };
}
