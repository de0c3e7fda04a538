/** A PostgreSQL server: for any number of processes at once. */
import { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { type ClientBase, escapeIdentifier, Pool, type PoolConfig, type QueryConfig } from 'pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { createFollowedClock } from '../lib/clock.ts';
import { startHeartbeat, timeStatement } from './heartbeat.ts';
import type { MigrationTarget } from './migrate.ts';
import { type ReadOptions, type RowReader, withRowReader } from './read-rows.ts';

const connectTimeoutMs = 5_000;
/**
 * Set in the server's session, and shorter than the client's own limit: a statement that the server cancels is rolled
 * back, whereas one that the client abandons may still be carried out.
 */
const statementTimeoutMs = 5_000;
/** For one connection that was forgotten where the server is well; where it is silent altogether, the heartbeat is sooner. */
const queryTimeoutMs = 8_000;
/** Of a statement that reads whole tables. */
const longStatementTimeoutMs = 60_000;
/** Said in the session, as the role or the database may have limits of its own. */
const noTimeouts = ['statement_timeout = 0', 'lock_timeout = 0'];
const maxNamedStatements = 300;

/**
 * Heads a statement whose best plan depends on its values. PostgreSQL plans it each time; after five runs of a prepared
 * one it may keep a plan for any values.
 */
export const unprepared = '/* unprepared */';

/**
 * A client with a pool of at most 10 connections, and one that watches over them. The server cancels a statement after 5
 * seconds, waits for locks included, and rolls it back (`isStatementCanceled`). Where every connection falls silent, queries
 * are rejected within about 4 seconds, and on a single lost connection within 8; the server may have carried them out.
 * @param options.onConnectionLost Told the reason, without address or credentials, when a connection breaks.
 */
export function openPostgres(options: {
  url: string;
  /** The server then refuses every write, and limits no statement: for reading everything there is. */
  isReadOnly?: boolean;
  onConnectionLost?: (reason: string) => void;
}) {
  const onLost = (error: Error & { code?: string }) => options.onConnectionLost?.(error.code ?? error.name);
  const sockets = createSocketWatch();
  const settings = options.isReadOnly
    ? ['default_transaction_read_only = on', ...noTimeouts]
    : // Without parallel workers, so that one statement takes one core at most.
      [`statement_timeout = ${statementTimeoutMs}`, 'max_parallel_workers_per_gather = 0'];
  const config = { ...connectionOptions(options.url, settings), stream: sockets.open };
  const pool = new Pool({
    ...config,
    max: 10,
    ...(!options.isReadOnly && { query_timeout: queryTimeoutMs }),
  });
  pool.on('error', onLost);
  const nameOf = createStatementNames();
  const adapter = new PrismaPg(pool, {
    schema: schemaOf(options.url),
    statementNameGenerator: nameOf,
    onConnectionError: onLost,
    disposeExternalPool: true,
  });
  const prisma = withRowReader(
    new PrismaClient({ adapter, errorFormat: 'minimal' }),
    createRowReader(pool, nameOf),
  );
  // All at once: each would otherwise be found out by a query of its own, long after the server is back.
  const clock = createFollowedClock();
  const heartbeat = startHeartbeat({ config, onBeat: sockets.watch, clock });
  return {
    prisma,
    /** The server's clock, as `askTime` and each heartbeat set it. */
    clock,
    /** Sets the clock. @throws where the server does not answer */
    async askTime(): Promise<void> {
      const sentAtMs = performance.now();
      const [row] = await prisma.$queryRawUnsafe<[{ ms: number }]>(timeStatement);
      clock.observe(row.ms, sentAtMs, performance.now());
    },
    async close(): Promise<void> {
      await heartbeat.stop();
      await prisma.$disconnect();
      // Where Prisma has not used it.
      if (!pool.ended) await pool.end();
    },
  };
}

function createRowReader(pool: Pool, nameOf: ReturnType<typeof createStatementNames>): RowReader {
  return async <Row>({ text, values }: Prisma.Sql, { isLong = false }: ReadOptions = {}) => {
    const { rows } = isLong
      ? await readLong(pool, { text, values })
      : await pool.query({ name: nameOf({ sql: text }), text, values });
    return rows as Row[];
  };
}

/** With a time limit of its own, the client's included. */
async function readLong(pool: Pool, statement: Pick<Prisma.Sql, 'text' | 'values'>) {
  const client = await pool.connect();
  // Its query rejects too.
  client.on('error', ignore);
  let isWell = false;
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${longStatementTimeoutMs}`);
    const query_timeout = longStatementTimeoutMs + queryTimeoutMs - statementTimeoutMs;
    const result = await client.query({ ...statement, query_timeout } as QueryConfig);
    await client.query('COMMIT');
    isWell = true;
    return result;
  } finally {
    client.off('error', ignore);
    client.release(!isWell);
  }
}

const ignore = () => {};

/** Opens the sockets of a pool and keeps track of them. */
function createSocketWatch() {
  const sockets = new Set<Socket>();
  return {
    open(): Socket {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    /**
     * Returns a function that drops the present sockets and returns true if none of them has received anything by then.
     * Where one has, the server is only busy, and a single dead connection is left to the time limit of its query.
     */
    watch(): () => boolean {
      const received = [...sockets].map((socket) => ({ socket, bytes: socket.bytesRead }));
      return () => {
        if (received.some(({ socket, bytes }) => socket.bytesRead > bytes)) return false;
        for (const { socket } of received)
          socket.destroy(Object.assign(new Error('The server is silent'), { code: 'ETIMEDOUT' }));
        return true;
      };
    },
  };
}

/** For migrations: one connection, and as much time as they take. */
export function postgresMigrationTarget(url: string): MigrationTarget {
  return {
    async connect() {
      const pool = { ...connectionOptions(url, noTimeouts), max: 1, idleTimeoutMillis: 0 };
      const adapter = await new PrismaPg(pool, { schema: schemaOf(url) }).connect();
      const runScript = async (sql: string) => {
        // Checked out, as the pool drops a connection, and our transaction with it, whose own query fails.
        const client = await adapter.underlyingDriver().connect();
        await client.query(sql).finally(() => client.release());
      };
      return { adapter, runScript };
    },
  };
}

/** The schema that holds the tables: the parameter `schema` of the address, as in Prisma's own; `public` without one. */
export function schemaOf(url: string): string {
  return new URL(url).searchParams.get('schema') ?? 'public';
}

/** Begins the `application_name` of every session, which ends with the schema, unless the address has another name. */
export const sessionName = 'proofsheet, schema ';

/**
 * What every connection to the server of that address needs.
 * @param settings Of each session, as `SET` takes them.
 */
export function connectionOptions(url: string, settings: string[] = []): PoolConfig {
  const address = new URL(url);
  address.searchParams.delete('schema');
  // Statements of our own name no schema; extensions are in `public`.
  const searchPath = `search_path TO ${escapeIdentifier(schemaOf(url))}, public`;
  return {
    connectionString: address.href,
    application_name: `${sessionName}${schemaOf(url)}`,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // The adapter writes and reads every instant as if the session were in UTC, whatever the server's setting.
    onConnect: async (client: ClientBase) => {
      const all = ["TIME ZONE 'UTC'", searchPath, ...settings];
      await client.query(all.map((setting) => `SET ${setting}`).join('; '));
    },
  };
}

/**
 * Names for prepared statements, by their SQL. A connection keeps what it has prepared until it closes, so only the
 * first few hundred texts get a name; later ones (lists of many lengths make them) run unprepared, and so do those that
 * begin with `unprepared`.
 */
export function createStatementNames(limit = maxNamedStatements): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    if (sql.startsWith(unprepared)) return '';
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= limit) return '';
    const name = `proofsheet_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
