/** The database: a PostgreSQL server, or the embedded one, which a running server may use. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Client, escapeIdentifier } from 'pg';
import type { Config } from '../config/config.ts';
import { findSecrets, readAddress } from '../data-dir.ts';
import { DataDirLocked } from '../database/lock.ts';
import { pendingMigrations } from '../database/migrate.ts';
import { openAsIs, openForReading } from '../database/open.ts';
import { postgresMigrationTarget, schemaOf } from '../database/postgres.ts';
import { checkSession, checkVersion, withClients } from '../database/server-check.ts';
import { refuseUnfinishedMove } from '../database/unfinished-move.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { countUnreadableBy, describeUnreadable } from '../webhooks/delivery/unreadable-secrets.ts';
import { type Check, failed, type Finding, ok, skipped, warning } from './examination.ts';

export function databaseChecks(config: Config): Check[] {
  const { databaseUrl: url } = config;
  return url === undefined ? embeddedChecks(config) : serverChecks(config, url);
}

/** Both open the database, which one at a time can. */
function embeddedChecks(config: Config): Check[] {
  let examined: ReturnType<typeof examineEmbedded> | undefined;
  const examine = () => (examined ??= examineEmbedded(config));
  return [
    { name: 'database', run: async () => (await examine()).database },
    {
      name: secretsCheck,
      run: () => examine().then(({ secrets }) => secrets, unusable),
    },
  ];
}

const secretsCheck = 'webhook secrets';
/** A database that cannot be used is named once. */
const unusable = () => skipped('The database cannot be used.');

function serverChecks(config: Config, url: string): Check[] {
  let version: Promise<void> | undefined;
  const usable = () => (version ??= checkVersion(url));
  const beside = (name: string, work: () => Promise<Finding>): Check => ({
    name,
    run: () => usable().then(work, unusable),
  });
  return [
    {
      name: 'database',
      async run() {
        await usable();
        return ok('PostgreSQL answers; version and encoding fit.');
      },
    },
    beside('database pooler', async () => {
      await checkSession(url);
      return ok('A session keeps its state.');
    }),
    beside('database rights', () => withClients(url, 1, (client) => checkRights(client!, schemaOf(url)))),
    beside('pg_trgm', () => withClients(url, 1, (client) => checkExtension(client!))),
    beside('migrations', () => checkMigrations(url)),
    beside(secretsCheck, async () => {
      if ((await pendingMigrations(postgresMigrationTarget(url))).length > 0)
        return skipped('The database lacks migrations.');
      // The check of the migrations names a move that is not finished.
      const { prisma, close } = await openForReading({ url, dataDir: config.dataDir, isMoveTarget: true });
      return checkWebhookSecrets(config, prisma).finally(() => close());
    }),
  ];
}

async function examineEmbedded(config: Config): Promise<{ database: Finding; secrets: Finding }> {
  const { dataDir } = config;
  const folder = path.join(dataDir, 'database');
  if (!existsSync(folder))
    return {
      database: ok(`There is none in ${path.resolve(dataDir)} yet; the first start makes it.`),
      secrets: skipped('There are no webhook endpoints yet.'),
    };
  try {
    const database = await openAsIs({ dataDir });
    const examine = async () => {
      await database.check();
      return checkWebhookSecrets(config, database.prisma);
    };
    return {
      secrets: await examine().finally(() => database.close()),
      database: ok('The embedded database can be opened, and has every migration.'),
    };
  } catch (error) {
    if (!(error instanceof DataDirLocked)) throw error;
    return {
      database: await checkRunning(dataDir, error),
      secrets: skipped('The running server checks them at its start and hourly: its log has a warning.'),
    };
  }
}

const noSecrets = { current: undefined, accepted: [] };

async function checkWebhookSecrets(config: Config, prisma: PrismaClient): Promise<Finding> {
  // A file that holds no secret is named by the check of that.
  const count = await countUnreadableBy(await findSecrets(config).catch(() => noSecrets), prisma);
  if (count === undefined) return skipped('The secret of the installation is not known.');
  return count === 0 ? ok('All can be read.') : warning(describeUnreadable(count));
}

/** Asks the server that uses the folder. */
async function checkRunning(dataDir: string, locked: DataDirLocked): Promise<Finding> {
  const address = await readAddress(dataDir);
  if (address === undefined) return failed(`${locked.message} It does not serve: if it starts, try again.`);
  const answer = await fetch(`${address}/readyz`).catch(() => undefined);
  if (!answer) return failed(`${locked.message} The server at ${address} does not answer: restart it.`);
  const text = `The server at ${address} uses the embedded database`;
  if (answer.ok) return ok(`${text}, and is ready.`);
  return failed(`${text}, and is not ready (${answer.status}). Its log says why.`);
}

async function checkRights(client: Client, schema: string): Promise<Finding> {
  const { rows: settings } = await client.query<{ transaction_read_only: string }>(
    'SHOW transaction_read_only',
  );
  if (settings[0]?.transaction_read_only === 'on')
    return failed(
      'Transactions are read-only: the server is a replica, or default_transaction_read_only is set for the role, ' +
        'the database or the server. Connect to the primary, or reset it: ALTER ROLE <user> RESET default_transaction_read_only',
    );
  const name = escapeIdentifier(schema);
  const probe = `${name}."proofsheet_doctor"`;
  await client.query('BEGIN');
  try {
    await client.query(`CREATE TABLE ${probe} ("a" int)`);
    await client.query(`INSERT INTO ${probe} VALUES (1)`);
    await client.query(`ALTER TABLE ${probe} ADD COLUMN "b" int`);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === '3F000')
      return failed(`There is no schema ${schema}. Start the server, or run: CREATE SCHEMA ${name}`);
    return failed(
      `The user may not create and fill a table in the schema ${schema} (${message}). ` +
        `As its owner run: GRANT ALL ON SCHEMA ${name} TO <user>`,
    );
  } finally {
    await client.query('ROLLBACK');
  }
  return checkTables(client, schema);
}

/** What a node does with rows, and what migrations do with tables. */
async function checkTables(client: Client, schema: string): Promise<Finding> {
  const { rows } = await client.query<{ name: string; mayWrite: boolean; mayAlter: boolean }>(
    `SELECT relname AS "name",
       has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
         AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE') AS "mayWrite",
       pg_has_role(relowner, 'USAGE') AS "mayAlter"
     FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relkind = 'r' ORDER BY 1`,
    [schema],
  );
  const closed = rows.filter(({ mayWrite }) => !mayWrite).map(({ name }) => name);
  if (closed.length > 0)
    return failed(
      `The user may not read and write the tables ${closed.join(', ')}. As their owner run: ` +
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${escapeIdentifier(schema)} TO <user>`,
    );
  const foreign = rows.filter(({ mayAlter }) => !mayAlter).map(({ name }) => name);
  if (foreign.length > 0)
    return warning(
      `Another user owns the tables ${foreign.join(', ')}, so migrations of a later version would fail. ` +
        'As that user run for each: ALTER TABLE <table> OWNER TO <user>',
    );
  return ok('The user may create, alter, read and write tables.');
}

async function checkExtension(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ installed: boolean; available: boolean; mayCreate: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS "installed",
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS "available",
       has_database_privilege(current_database(), 'CREATE') AS "mayCreate"`,
  );
  const { installed, available, mayCreate } = rows[0]!;
  if (installed) return ok('The extension is installed.');
  if (!available)
    return failed(
      'The server does not have the extension pg_trgm, which the search needs. Install it (Debian: postgresql-contrib).',
    );
  if (mayCreate) return ok('The first start creates the extension.');
  return failed(
    'The extension pg_trgm is missing, and this user may not create it. As a superuser run in this database: CREATE EXTENSION pg_trgm',
  );
}

async function checkMigrations(url: string): Promise<Finding> {
  const target = postgresMigrationTarget(url);
  await refuseUnfinishedMove(target);
  const pending = await pendingMigrations(target);
  if (pending.length === 0) return ok('The database has every migration of this version.');
  const tables = await withClients(url, 1, (client) =>
    client!.query(`SELECT FROM pg_class WHERE relname = 'Task' AND relkind = 'r'`),
  );
  if (tables.rowCount === 0) return ok(`The first start applies ${pending.length} migrations.`);
  return failed(
    `The database is older than this version: it lacks the migrations ${pending.join(', ')}. Start the server once, which applies them.`,
  );
}
