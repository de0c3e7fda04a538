/** Databases of the bench on a PostgreSQL server: new, and dropped at the end. */
import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';

const serverUrl = process.env['BENCH_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface BenchDatabase {
  url: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** @param statements run at first, one after the other */
export async function createDatabase(statements: readonly string[] = []): Promise<BenchDatabase> {
  const name = `proofsheet_bench_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await runOnServer(`CREATE DATABASE "${name}"`);
  const pool = new Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => {}); // The database is dropped while a connection is idle.
  const query = async <Row extends object>(sql: string, values?: unknown[]) =>
    (await pool.query<Row>(sql, values)).rows;
  for (const statement of statements) await query(statement);
  return {
    url: url.href,
    query,
    async drop() {
      await pool.end();
      await runOnServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
}

async function runOnServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** What the peers and the limits read and write: the least that such a service needs. */
export const peerTables = [
  `CREATE TABLE "user" (id text PRIMARY KEY, credits int NOT NULL CHECK (credits >= 0))`,
  `CREATE TABLE session (token text PRIMARY KEY, user_id text NOT NULL, expires_at timestamptz NOT NULL)`,
  `CREATE TABLE task (id text PRIMARY KEY, user_id text NOT NULL, status text NOT NULL, prompt text NOT NULL,
    version int NOT NULL DEFAULT 1, cost_credits int NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
  'CREATE INDEX ON task (user_id, id DESC)',
  `CREATE TABLE image (id text PRIMARY KEY, task_id text NOT NULL, position int NOT NULL, url text NOT NULL,
    width int NOT NULL, height int NOT NULL, UNIQUE (task_id, position))`,
  `CREATE TABLE entry (id text PRIMARY KEY, user_id text NOT NULL, task_id text NOT NULL UNIQUE, amount int NOT NULL,
    balance_after int NOT NULL)`,
  `INSERT INTO "user" SELECT 'user-' || n, 1000000000 FROM generate_series(0, 63) n`,
  `INSERT INTO session SELECT 'token-' || n, 'user-' || n, now() + interval '1 day' FROM generate_series(0, 63) n`,
  `INSERT INTO task VALUES ('task-0', 'user-0', 'SUCCESS', 'A red kite over dunes', 5, 4)`,
  `INSERT INTO image SELECT 'image-' || n, 'task-0', n, 'http://127.0.0.1/files/' || n, 64, 64 FROM generate_series(0, 1) n`,
];
