/**
 * Holds prisma/migrations against prisma/schema.prisma, without a database server.
 *
 *   node scripts/migration.ts add-owner       writes a new migration with what the schema has and the migrations lack
 *   node scripts/migration.ts --rewrite init  writes the generated part of a migration anew, while nobody has applied it
 *   node scripts/migration.ts --check         fails where they differ
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findDrift, migrationsFolder } from '../server/database/migrate.ts';
import { openPglite, pgliteMigrationTarget } from '../server/database/pglite.ts';

/** The part of a migration below this line was added by hand, and remains when the rest is rewritten. */
const handwrittenMark = '-- Written by hand from here on';

const usage = 'Usage: npm run db:migration <name>, in lower-case words joined by hyphens or underscores.';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, rewrite: { type: 'string' } },
  allowPositionals: true,
});
const [name] = positionals;
if (values.check) await check();
else if (values.rewrite !== undefined) await rewrite(values.rewrite);
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
  await write(path.join(folder, 'migration.sql'), sql);
}

async function rewrite(migrationName: string): Promise<void> {
  const folderNames = await readdir(migrationsFolder);
  const folderName = folderNames.find((candidate) => candidate.replace(/^\d+_/, '') === migrationName);
  if (folderName === undefined) return fail(`There is no migration named ${migrationName}.`);
  const file = path.join(migrationsFolder, folderName, 'migration.sql');
  const before = await readFile(file, 'utf8');
  const markAt = before.indexOf(handwrittenMark);
  const generated = (await missingSql({ without: folderName })) ?? '';
  await write(file, markAt < 0 ? generated : `${generated.trimEnd()}\n\n${before.slice(markAt)}`);
}

async function missingSql(options: { without?: string } = {}): Promise<string | undefined> {
  const shadow = await openPglite();
  try {
    return await findDrift({ shadow: pgliteMigrationTarget(shadow.pglite), ...options });
  } finally {
    await shadow.close();
  }
}

async function write(file: string, sql: string): Promise<void> {
  await writeFile(file, sql);
  console.log(`Wrote ${path.relative(process.cwd(), file)}. Read it before you commit it.`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
