/** Writes a release into `dist/release`: what a server needs, and a lock of production packages only. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Lock, type Manifest, productionLock } from './production-lock.ts';

const root = path.resolve(import.meta.dirname, '..');
const release = path.join(root, 'dist/release');
const contents = [
  'LICENSE',
  '.env.example',
  'dist/client',
  'dist/database',
  'prisma',
  'sandbox',
  'scripts/audit.ts',
  'scripts/runtime.mjs',
  'server',
];

const readJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(root, name), 'utf8'));
const writeJson = (name: string, value: unknown) =>
  writeFile(path.join(release, name), `${JSON.stringify(value, undefined, 2)}\n`);

const source = (await readJson('package.json')) as Manifest & { scripts: Record<string, string> };
const { name, version, description, license, dependencies, allowScripts } = source;
const common = { name, version, license, dependencies, engines: { node: '>=24' } };
const { start, sandbox, audit, admin } = source.scripts;
const scripts = { prestart: 'node scripts/runtime.mjs', start, sandbox, audit, admin };

await rm(release, { recursive: true, force: true });
for (const item of contents)
  await cp(path.join(root, item), path.join(release, item), {
    recursive: true,
    filter: (file) => !file.endsWith('.test.ts'),
  });
await writeJson('package.json', {
  ...common,
  description,
  private: true,
  type: 'module',
  scripts,
  allowScripts,
});
await writeJson('package-lock.json', productionLock(common, (await readJson('package-lock.json')) as Lock));
