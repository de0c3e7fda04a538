/** PostgreSQL inside this process: for development, for small installations, and for tests. */
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { copyFolder } from '../lib/copy-folder.ts';
import type { MigrationTarget } from './migrate.ts';
import { withRowReader } from './read-rows.ts';

/**
 * Without V8's second compiler for WebAssembly, for which PGlite is too large: while it compiles PostgreSQL's largest functions the
 * process grows from 200 to 740 MB. Short statements take less CPU time without it, and long scans 1.8 times as much.
 */
const wasmFlags = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/** PGlite writes zeros over all of its buffers when it opens; PostgreSQL's default is 128 MB, which stays in memory. */
const sharedBuffers = '16MB';

export type EmbeddedDatabase = Awaited<ReturnType<typeof openPglite>>;

/**
 * Opens a folder, made where it is missing, or memory. It applies no migrations and takes no lock. There is one connection:
 * an open transaction holds up every other query.
 * @param options.folder Absent: the database lives in memory and ends with `close`.
 * @param options.snapshot What `pglite.dumpDataDir` gave; only for a folder that is empty, or for memory.
 */
export async function openPglite(options: { folder?: string; snapshot?: Blob } = {}) {
  for (const flag of wasmFlags) setFlagsFromString(flag);
  const pglite = await PGlite.create({
    extensions: { pg_trgm },
    startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`],
    ...(options.folder !== undefined && { dataDir: options.folder }),
    ...(options.snapshot && { loadDataDir: options.snapshot }),
  });
  const prisma = withRowReader(
    new PrismaClient({ adapter: new PrismaPGlite(pglite), errorFormat: 'minimal' }),
    async <Row>({ text, values }: Prisma.Sql) => (await pglite.query<Row>(text, values)).rows,
  );
  return {
    pglite,
    prisma,
    async close(): Promise<void> {
      await prisma.$disconnect();
      if (!pglite.closed) await pglite.close();
    },
  };
}

/**
 * Copies the files of the open database, as of one instant, to a folder that does not exist; opening the copy recovers it
 * as after a crash. Queries wait meanwhile.
 */
export async function copyPglite(pglite: PGlite, from: string, to: string): Promise<void> {
  // Shortens the log, which is copied too.
  await pglite.exec('CHECKPOINT');
  await pglite.runExclusive(() => copyFolder(from, to));
}

/** For migrations, while nothing else uses the database. */
export function pgliteMigrationTarget(pglite: PGlite): MigrationTarget {
  return {
    connect: async () => ({
      adapter: await new PrismaPGlite(pglite).connect(),
      runScript: (sql) => pglite.exec(sql),
    }),
  };
}
