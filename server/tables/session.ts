/** One connection to either database, for copying whole tables: no time limits, and values as exact text. */
import { Client } from 'pg';
import { connectionOptions } from '../database/postgres.ts';
import type { EmbeddedDatabase } from '../database/pglite.ts';

/** One session: transactions, settings and locks last from one statement to the next. */
export interface Session {
  /** Runs one statement; `values` stand for `$1` and so on. Columns of the type json are parsed, bigint is text. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

export interface ClosableSession extends Session {
  close(): Promise<void>;
}

/** Values as text from which the same value can be read, whatever the settings of the server (PostgreSQL, "Client Connection Defaults"). */
const exactText = [
  "TIME ZONE 'UTC'",
  "DateStyle = 'ISO, YMD'",
  "IntervalStyle = 'postgres'",
  'extra_float_digits = 1',
  "bytea_output = 'hex'",
];

const noTimeouts = ['statement_timeout = 0', 'lock_timeout = 0', 'idle_in_transaction_session_timeout = 0'];

/** Connects to a PostgreSQL server. Its session may be closed at any time; an open transaction is then undone. */
export async function openPostgresSession(url: string): Promise<ClosableSession> {
  const { onConnect, ...config } = connectionOptions(url, [...exactText, ...noTimeouts]);
  const client = new Client(config);
  // The failing call rejects with the same error.
  client.on('error', () => {});
  await client.connect();
  await onConnect?.(client);
  return {
    query: async <Row extends object>(text: string, values?: unknown[]) =>
      (await client.query<Row>(text, values)).rows,
    close: () => client.end(),
  };
}

/** The session of an embedded database that nothing else uses meanwhile; closing the database closes it. */
export async function createEmbeddedSession({ pglite }: Pick<EmbeddedDatabase, 'pglite'>): Promise<Session> {
  await pglite.exec(exactText.map((setting) => `SET ${setting}`).join('; '));
  return {
    query: async <Row extends object>(text: string, values?: unknown[]) =>
      (await pglite.query<Row>(text, values)).rows,
  };
}

const modes = {
  /** Every statement sees the database as the first one did. */
  snapshot: 'ISOLATION LEVEL REPEATABLE READ READ ONLY',
  write: '',
} as const;

/** Runs the work in one transaction, which is undone where the work rejects. */
export async function inTransaction<Result>(
  session: Session,
  mode: keyof typeof modes,
  work: () => Promise<Result>,
): Promise<Result> {
  await session.query(`BEGIN ${modes[mode]}`);
  try {
    const result = await work();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    // Where even this fails the connection is gone, and the transaction with it.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
