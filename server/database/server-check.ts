/** Checks a PostgreSQL server before anything else uses it, so that a wrong set-up ends the start with one line that says what to do. */
import { Client, escapeIdentifier } from 'pg';
import { StartupError } from '../lib/startup-error.ts';
import { connectionOptions, schemaOf } from './postgres.ts';

const minimumVersion = 13;

/**
 * Connects, and checks the version, the encoding, and that a session keeps its state.
 * @throws {StartupError} Where the server cannot be used: with the cause and what to do.
 */
export async function checkServer(url: string): Promise<void> {
  await withClients(url, 2, async (first, second) => {
    await assertVersion(first!);
    await assertEncoding(first!);
    await assertSession(first!, second!);
    await ensureSchema(first!, schemaOf(url));
  });
}

/** Connects, and checks the version and the encoding. @throws {StartupError} as `checkServer` */
export async function checkVersion(url: string): Promise<void> {
  await withClients(url, 1, async (client) => {
    await assertVersion(client!);
    await assertEncoding(client!);
  });
}

/** Checks that a session keeps its state, also beside other clients. @throws {StartupError} as `checkServer` */
export async function checkSession(url: string): Promise<void> {
  await withClients(url, 6, (first, ...others) => assertSession(first!, ...others));
}

/** Runs the work with connections of its own. @throws {StartupError} as `checkServer` */
export async function withClients<Result>(
  url: string,
  count: number,
  work: (...clients: Client[]) => Promise<Result>,
): Promise<Result> {
  const clients = Array.from({ length: count }, () => newClient(url));
  try {
    for (const client of clients) await client.connect();
    return await work(...clients);
  } catch (error) {
    throw explained(error, url);
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

function newClient(url: string): Client {
  const { onConnect: _, ...options } = connectionOptions(url);
  const client = new Client(options);
  // The failing call rejects with the same error.
  client.on('error', () => {});
  return client;
}

async function assertVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS "version"`,
  );
  const version = rows[0]?.version ?? 0;
  if (version < minimumVersion)
    throw new StartupError(
      `The PostgreSQL server of DATABASE_URL is version ${version}. Proofsheet needs ${minimumVersion} or newer.`,
    );
}

/** Prompts are written in every script, and PostgreSQL normalizes text (the search does) in UTF8 only. */
async function assertEncoding(client: Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string; database: string }>(
    `SELECT current_setting('server_encoding') AS "encoding", current_database() AS "database"`,
  );
  const { encoding, database } = rows[0]!;
  if (encoding !== 'UTF8')
    throw new StartupError(
      `The database "${database}" of DATABASE_URL has the encoding ${encoding}. Proofsheet needs UTF8, which a database ` +
        "gets when it is created: CREATE DATABASE <name> ENCODING 'UTF8' TEMPLATE template0",
    );
}

async function ensureSchema(client: Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount) return;
  const name = escapeIdentifier(schema);
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
  } catch (error) {
    throw new StartupError(
      `DATABASE_URL names the schema ${schema}, which there is not and which its user may not create. ` +
        `As the database's owner run: CREATE SCHEMA ${name} AUTHORIZATION <user>`,
      { cause: error },
    );
  }
}

/**
 * A pooler in transaction mode gives each statement any of its server connections: another client takes the one that
 * the first has just used, which then reads a setting of its own from another.
 * @param others More of them take more of the connections that are idle where the pooler has other clients.
 */
async function assertSession(first: Client, ...others: Client[]): Promise<void> {
  await first.query(`SET "proofsheet.session" = 'first'`);
  for (const other of others) await other.query('BEGIN');
  const { rows } = await first.query<{ value: string | null }>(
    `SELECT current_setting('proofsheet.session', true) AS "value"`,
  );
  for (const other of others) await other.query('ROLLBACK');
  if (rows[0]?.value !== 'first')
    throw new StartupError(
      'DATABASE_URL leads to a connection pooler in transaction mode, which loses session state. ' +
        'Set its pool mode to session, or connect to PostgreSQL directly.',
    );
}

/** The error with the server's address and what to do; one that is not caused by the set-up comes back unchanged. */
function explained(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof StartupError) return error;
  const { hostname, port, username, pathname } = new URL(url);
  const server = `${hostname || 'localhost'}:${port || 5432}`;
  const user = decodeURIComponent(username) || 'the default user';
  const database = decodeURIComponent(pathname.slice(1)) || user;
  const { code = '' } = error as { code?: string };
  const text =
    explanations(server, user, database)[code] ??
    (/CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)
      ? `The certificate of PostgreSQL at ${server} is not trusted. Where a private authority signed it, add ` +
        'sslrootcert=/path/to/ca.pem to DATABASE_URL'
      : undefined);
  if (text !== undefined) return new StartupError(`${text} (${code})`, { cause: error });
  if (error.message.includes('does not support SSL'))
    return new StartupError(
      `PostgreSQL at ${server} does not speak TLS. Remove sslmode from DATABASE_URL, or turn TLS on at the server.`,
    );
  if (!code.startsWith('E') && !/timeout|terminated unexpectedly/.test(error.message)) return error;
  return new StartupError(
    `PostgreSQL at ${server} cannot be reached. Check that it runs and that DATABASE_URL names it (${code || error.message})`,
    { cause: error },
  );
}

/** By SQLSTATE. */
function explanations(server: string, user: string, database: string): Readonly<Record<string, string>> {
  const refused = `PostgreSQL at ${server} does not let ${user} in. Check user and password in DATABASE_URL, and pg_hba.conf`;
  return {
    '28P01': refused,
    '28000': refused,
    '3D000': `PostgreSQL at ${server} has no database "${database}". Create it: createdb ${database}`,
    '42501': `${user} may not connect to the database "${database}" at ${server}. GRANT CONNECT ON DATABASE it to that user`,
    '53300': `PostgreSQL at ${server} has no free connection. Raise max_connections or stop other clients`,
    '57P03': `PostgreSQL at ${server} is starting up or shutting down. Start Proofsheet again when it is ready`,
  };
}
