/**
 * Holds prisma/migrations against prisma/schema.prisma, without a database server.
 *
 *   node scripts/migration.ts add-owner  writes a new migration with what the schema has and the migrations lack
 *   node scripts/migration.ts --check    fails where they differ
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findDrift, migrationsFolder } from '../server/database/migrate.ts';
import { openPglite, pgliteMigrationTarget } from '../server/database/pglite.ts';

const usage = 'Usage: npm run db:migration <name>, in lower-case words joined by hyphens or underscores.';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' } },
  allowPositionals: true,
});
const [name] = positionals;
if (values.check) await check();
else if (name !== undefined && /^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) await create(name);
else fail(usage);

async function check(): Promise<void> {
  const sql = await missingSql();
  if (sql === undefined) return;
  console.log(sql);
  fail('The migrations do not make what prisma/schema.prisma describes. Run npm run db:migration <name>.');
}

async function create(migrationName: string): Promise<void> {
  const sql = await missingSql();
  if (sql === undefined)
    return console.log('The migrations already make what prisma/schema.prisma describes.');
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = path.join(migrationsFolder, `${timestamp}_${migrationName}`);
  await mkdir(folder);
  const file = path.join(folder, 'migration.sql');
  await writeFile(file, sql);
  console.log(`Wrote ${path.relative(process.cwd(), file)}. Read it before you commit it.`);
}

async function missingSql(): Promise<string | undefined> {
  const shadow = await openPglite();
  try {
    return await findDrift({ shadow: pgliteMigrationTarget(shadow.pglite) });
  } finally {
    await shadow.close();
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
