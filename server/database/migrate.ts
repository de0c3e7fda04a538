/**
 * Migrations without Prisma's command line: its engine runs over a driver adapter, and keeps its own history in
 * `_prisma_migrations`, so that `prisma migrate deploy` works on the same database.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationDirectory, MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { StartupError } from '../lib/startup-error.ts';
import { loadSchemaEngine } from './schema-engine.ts';

const prismaFolder = path.resolve(import.meta.dirname, '../../prisma');
const schemaFile = path.join(prismaFolder, 'schema.prisma');
/** Where the migrations are: a folder each, named so that their order is alphabetical. */
export const migrationsFolder = path.join(prismaFolder, 'migrations');

const filters = { externalTables: [], externalEnums: [] };
const driftExitCode = 2;
/** The engine's own, so that no other deployer comes between. */
const advisoryLock = 72_707_369;

/** A database that migrations can be run on. */
export interface MigrationTarget {
  /** Every statement must reach one session: the advisory lock and the transactions belong to it. */
  connect(): Promise<MigrationConnection>;
}

interface MigrationConnection {
  adapter: SqlDriverAdapter;
  /**
   * Runs a script whole. The adapters' own `executeScript` will not do: one splits it at every semicolon, also inside
   * a trigger's body, and the other neither waits for it nor reports its failure.
   */
  runScript(sql: string): Promise<unknown>;
}

/**
 * Applies the migrations that are not yet applied, or of those the ones up to `last`. Several processes may do so at once: one works, the others wait.
 * A migration is applied and noted as applied in one transaction, so that neither a failure nor a crash leaves a
 * half; a migration must not contain statements that PostgreSQL refuses in a transaction.
 * @returns The names of those applied here.
 * @throws Where a migration fails: with its name and the database's reason.
 */
export async function applyMigrations(
  target: MigrationTarget,
  folder = migrationsFolder,
  last?: string,
): Promise<string[]> {
  const migrationsList = await readMigrations(folder);
  const { migrationDirectories } = migrationsList;
  return withConnection(target, async (connection) => {
    // The engine waits 10 seconds for the lock; this statement waits for a longer migration of another process.
    await runStatement(connection, `SELECT pg_advisory_lock(${advisoryLock})`);
    const done = await readHistory(connection);
    const wanted = migrationDirectories.filter((migration) => last === undefined || migration.path <= last);
    const pending = wanted.map((migration) => migration.path).filter((name) => !done.has(name));
    if (pending.length > 0) await assertMayCreate(connection);
    for (const name of pending) {
      const upToThis = migrationDirectories.filter((migration) => migration.path <= name);
      const request = { migrationsList: { ...migrationsList, migrationDirectories: upToThis }, filters };
      await withEngine({ connection }, (engine) => engine.applyMigrations(request));
    }
    return pending;
  });
}

/** The names of the migrations that are not yet applied; applies none. */
export async function pendingMigrations(
  target: MigrationTarget,
  folder = migrationsFolder,
): Promise<string[]> {
  const { migrationDirectories } = await readMigrations(folder);
  return withConnection(target, async (connection) => {
    const done = await readHistory(connection);
    return migrationDirectories.map((migration) => migration.path).filter((name) => !done.has(name));
  });
}

/** The schema in which the session finds its tables; `undefined` where it may use none of its search path. */
export const currentSchema = (target: MigrationTarget): Promise<string | undefined> =>
  withConnection(target, async ({ adapter }) => {
    const { rows } = await adapter.queryRaw({ sql: 'SELECT current_schema()::text', args: [], argTypes: [] });
    return (rows[0]?.[0] as string | null) ?? undefined;
  });

/**
 * The SQL that leads from what the migrations make to what `schema.prisma` describes; `undefined` where they agree.
 * CHECK constraints, triggers and functions are unknown to the schema, and so never differ.
 * @param options.shadow An empty database, in which the migrations are tried.
 */
export async function findDrift(options: {
  shadow: MigrationTarget;
  folder?: string;
}): Promise<string | undefined> {
  const schema = { path: schemaFile, content: await readFile(schemaFile, 'utf8') };
  const migrations = await readMigrations(options.folder ?? migrationsFolder);
  return withConnection(options.shadow, async (connection) => {
    const { exitCode, stdout } = await withEngine({ connection, datamodel: schema }, (engine) =>
      engine.diff({
        from: { tag: 'migrations', ...migrations },
        to: { tag: 'schemaDatamodel', files: [schema] },
        script: true,
        exitCode: true,
        filters,
      }),
    );
    return exitCode === driftExitCode ? (stdout ?? '') : undefined;
  });
}

/** Runs the work with one session of the database. */
export async function withConnection<Result>(
  target: MigrationTarget,
  work: (connection: MigrationConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await target.connect();
  return work(connection).finally(() => connection.adapter.dispose());
}

/** The migrations on disk, oldest first, in the engine's own shape. */
export async function readMigrations(folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const readMigration = async (name: string): Promise<MigrationDirectory> => {
    const value = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
    return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } };
  };
  const lockFileName = 'migration_lock.toml';
  return {
    baseDir: folder,
    lockfile: { path: lockFileName, content: await readFile(path.join(folder, lockFileName), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.toSorted().map(readMigration)),
  };
}

/** @throws {StartupError} Where this user may not create tables. */
async function assertMayCreate({ adapter }: MigrationConnection): Promise<void> {
  const sql = `SELECT current_user::text, current_schema()::text,
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`;
  const { rows } = await adapter.queryRaw({ sql, args: [], argTypes: [] });
  const [user, schema, mayCreate] = rows[0] ?? [];
  if (mayCreate === true) return;
  throw new StartupError(
    `The database user ${String(user)} may not create tables in the schema ${String(schema ?? 'public')}, which the ` +
      `migrations have to do. As its owner run: GRANT CREATE ON SCHEMA ${String(schema ?? 'public')} TO ${String(user)}`,
  );
}

/** SQL: whether the session's own schema has the table. Its search path also leads to `public`, where another installation may be. */
export const isOwnTable = (name: string) =>
  `to_regclass(quote_ident(current_schema()) || '."${name}"') IS NOT NULL`;

/** The names of the migrations that are applied. */
async function readHistory({ adapter }: MigrationConnection): Promise<Set<unknown>> {
  const query = async (sql: string) => (await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows;
  const [[exists] = []] = await query(`SELECT ${isOwnTable('_prisma_migrations')}`);
  if (exists !== true) return new Set();
  const rows = await query(
    'SELECT "migration_name" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL',
  );
  return new Set(rows.map(([name]) => name));
}

/** Has an engine do one thing in one transaction. */
async function withEngine<Result>(
  options: { connection: MigrationConnection; datamodel?: { path: string; content: string } },
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const { connection, datamodel } = options;
  const adapter = createEngineAdapter(connection);
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: async () => adapter,
    connectToShadowDb: async () => adapter,
  };
  const { SchemaEngine } = await loadSchemaEngine();
  const datamodels: [string, string][] | undefined = datamodel && [[datamodel.path, datamodel.content]];
  const ignoreLog = () => undefined;
  await runStatement(connection, 'BEGIN');
  try {
    using engine = await SchemaEngine.new(
      { datamodels },
      ignoreLog,
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    const result = await work(engine);
    await runStatement(connection, 'COMMIT');
    return result;
  } catch (error) {
    // Where even this fails the connection is gone, and the transaction with it; the first error says why.
    await runStatement(connection, 'ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function createEngineAdapter(connection: MigrationConnection): SqlDriverAdapter {
  const { adapter } = connection;
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: async () => undefined,
    async executeScript(sql) {
      await runStatement(connection, 'SAVEPOINT script');
      try {
        await connection.runScript(sql);
      } catch (error) {
        // The engine then records the failure, which an aborted transaction would refuse.
        await runStatement(connection, 'ROLLBACK TO SAVEPOINT script');
        throw toAdapterError(error);
      }
    },
  };
}

function runStatement({ adapter }: MigrationConnection, sql: string): Promise<number> {
  return adapter.executeRaw({ sql, args: [], argTypes: [] });
}

/** A driver's error in the only form whose text the engine reports. */
function toAdapterError(error: unknown): DriverAdapterError {
  const { message, code = 'N/A' } = error as { message: string; code?: string };
  const nothingMore = { severity: 'ERROR', detail: undefined, column: undefined, hint: undefined };
  return new DriverAdapterError({ kind: 'postgres', code, message, ...nothingMore });
}
