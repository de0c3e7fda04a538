/** A PostgreSQL server: for any number of processes at once. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { ClientBase, PoolConfig } from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import type { MigrationTarget } from './migrate.ts';

const connectTimeoutMs = 5_000;
/** A connection that fell silent is given up after this, so that the pool is whole again soon after an outage. */
const queryTimeoutMs = 5_000;
const maxNamedStatements = 300;

/**
 * A client with a pool of at most 10 connections, made as they are needed. A dead or silent server rejects a query
 * within 5 seconds; what the query would have written is then unknown, as the server may have carried it out.
 * @param options.onConnectionLost Told the reason, without address or credentials, when a connection breaks.
 */
export function openPostgres(options: {
  url: string;
  onConnectionLost?: (reason: string) => void;
}): PrismaClient {
  const onLost = (error: Error & { code?: string }) => options.onConnectionLost?.(error.code ?? error.name);
  const adapter = new PrismaPg(
    { ...connectionOptions(options.url), max: 10, query_timeout: queryTimeoutMs },
    { statementNameGenerator: createStatementNames(), onPoolError: onLost, onConnectionError: onLost },
  );
  return new PrismaClient({ adapter, errorFormat: 'minimal' });
}

/** For migrations: one connection, and as much time as they take. */
export function postgresMigrationTarget(url: string): MigrationTarget {
  return {
    async connect() {
      const pool = { ...connectionOptions(url), max: 1, idleTimeoutMillis: 0 };
      const adapter = await new PrismaPg(pool).connect();
      const runScript = async (sql: string) => {
        // Checked out, as the pool drops a connection, and our transaction with it, whose own query fails.
        const client = await adapter.underlyingDriver().connect();
        await client.query(sql).finally(() => client.release());
      };
      return { adapter, runScript };
    },
  };
}

function connectionOptions(url: string): PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // The adapter writes and reads every instant as if the session were in UTC, whatever the server's setting.
    onConnect: async (client: ClientBase) => {
      await client.query("SET TIME ZONE 'UTC'");
    },
  };
}

/**
 * Names for prepared statements, by their SQL. A connection keeps what it has prepared until it closes, so only the
 * first few hundred texts get a name; later ones (lists of many lengths make them) run unprepared.
 */
export function createStatementNames(limit = maxNamedStatements): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= limit) return '';
    const name = `proofsheet_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
