/** `npm run audit` as an operator runs it: without secrets, and reading only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { applyMigrations, migrationsFolder, pendingMigrations } from '../server/database/migrate.ts';
import { openForReading } from '../server/database/open.ts';
import { openPglite, pgliteMigrationTarget } from '../server/database/pglite.ts';
import { postgresMigrationTarget } from '../server/database/postgres.ts';
import { createLogger } from '../server/lib/logger.ts';
import { follow, generate, signUp } from './support/api.ts';
import { prepareInstallation } from './support/installation.ts';

async function install(options?: { isNew: boolean }) {
  const { variables, dataDir, remove } = await prepareInstallation({}, options);
  onTestFinished(remove);
  const url = variables['DATABASE_URL'];
  return { variables, dataDir, url };
}

async function runAudit({ url, dataDir }: { url: string | undefined; dataDir: string }) {
  const script = path.join(import.meta.dirname, '../scripts/audit.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    cwd: dataDir,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, ...(url && { DATABASE_URL: url }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complaint, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { said, complaint, exitCode: exitCode as number };
}

it('passes without a secret, and leaves none behind', async () => {
  const { variables, dataDir, url } = await install();
  const app = await startApp(readConfig(variables), createLogger('fatal'));
  const caller = await signUp(app.url);
  await follow(caller, (await generate(caller)).id);
  await app.close();
  const files = async () => (await readdir(dataDir)).filter((name) => name !== 'lock');
  const before = await files();
  expect(await runAudit({ url, dataDir })).toEqual({
    said: expect.stringMatching(/1 tasks, 2 entries: 0 of \d+ rules broken\n$/),
    complaint: '',
    exitCode: 0,
  });
  expect(await files()).toEqual(before);
});

it('says which migrations are missing, and applies none', async () => {
  const { dataDir, url } = await install({ isNew: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = (await readdir(migrationsFolder)).filter((name) => /^\d/.test(name)).toSorted();
  for (const name of [names[0]!, 'migration_lock.toml'])
    await cp(path.join(migrationsFolder, name), path.join(folder, name), { recursive: true });
  const onTarget = async <Result>(
    use: (target: ReturnType<typeof postgresMigrationTarget>) => Promise<Result>,
  ) => {
    if (url) return use(postgresMigrationTarget(url));
    const { pglite, close } = await openPglite({ folder: path.join(dataDir, 'database') });
    return use(pgliteMigrationTarget(pglite)).finally(close);
  };
  await onTarget((target) => applyMigrations(target, folder));

  expect(await runAudit({ url, dataDir })).toEqual({
    said: '',
    complaint: expect.stringMatching(/older than this version.*ledger-order.*Start the server once/),
    exitCode: 1,
  });
  expect(await onTarget((target) => pendingMigrations(target))).toEqual(names.slice(1));
});

it('cannot write', async () => {
  const { dataDir, url, variables } = await install();
  await (await startApp(readConfig(variables), createLogger('fatal'))).close();
  const { prisma, close } = await openForReading({ url, dataDir });
  onTestFinished(close);
  const write = prisma.user.create({ data: { name: 'Tester', email: 'u@example.test' } });
  await expect(write).rejects.toThrow(/read-only transaction/);
});
