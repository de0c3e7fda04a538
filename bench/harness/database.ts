/** Databases of the bench on a PostgreSQL server: new, and dropped at the end. */
import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';

const serverUrl = process.env['BENCH_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface BenchDatabase {
  url: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** A database that is dropped with `opened`. @param statements run first, one after the other */
export async function createDatabase(
  opened: AsyncDisposableStack,
  statements: readonly string[] = [],
): Promise<BenchDatabase> {
  const name = `proofsheet_bench_${randomUUID().replaceAll('-', '')}`;
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const pool = new Pool({ connectionString: url, max: 3 });
  pool.on('error', () => {}); // The database is dropped while a connection is idle.
  opened.defer(() => pool.end());
  await runOnServer(`CREATE DATABASE "${name}"`);
  // Before the pool ends, which would wait for a statement that hangs.
  opened.defer(() => runOnServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
  for (const statement of statements) await pool.query(statement);
  return { url, query: async (sql, values) => (await pool.query(sql, values)).rows };
}

async function runOnServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** The id of copy `n` of a task, in SQL. */
export const copyId = (id: string): string => `left('${id}', 24) || lpad(to_hex(n), 12, '0')`;

/** Copies a row without triggers, as copies `first` to `last`; `changes` are pairs of `jsonb_build_object`, with `n`. */
export async function copyRows(
  { query }: BenchDatabase,
  [table, where]: [string, string],
  [first, last]: [number, number],
  changes: string,
): Promise<void> {
  await query(`
    WITH set AS (SELECT set_config('session_replication_role', 'replica', true))
    INSERT INTO "${table}" SELECT (jsonb_populate_record(original, jsonb_build_object(${changes}))).*
    FROM set, (SELECT original FROM "${table}" original WHERE ${where} LIMIT 1) found,
      generate_series(${first}, ${last}) n`);
}

/** Copies a task. @param changes further changed columns @returns the ids of the copies */
export async function copyTasks(
  database: BenchDatabase,
  id: string,
  [first, last]: [number, number],
  changes: string,
): Promise<string[]> {
  const own = `'id', ${copyId(id)}, 'leaseOwner', NULL, 'leaseExpiresAt', NULL, 'externalId', NULL,
    'deadlineAt', now() + interval '1 hour'`;
  await copyRows(database, ['Task', `id = '${id}'`], [first, last], `${own}, ${changes}`);
  const hex = (index: number) => (first + index).toString(16).padStart(12, '0');
  return Array.from({ length: last - first + 1 }, (_, index) => id.slice(0, 24) + hex(index));
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
