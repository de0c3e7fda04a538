import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestInputs, isBuilt, recordBuild } from './build-digest.ts';

let root: string;
const write = async (name: string, text: string) => {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), text);
};

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'proofsheet-digest-'));
  await write('client/app/page.tsx', 'one');
  await write('package-lock.json', 'one');
  await write('client/api/generated/graphql.ts', 'one');
  await write('dist/client/index.html', 'one');
});
afterEach(() => rm(root, { recursive: true }));

it('is built once the build is recorded', () => {
  expect(isBuilt(root)).toBe(false);
  recordBuild(root, digestInputs(root));
  expect(isBuilt(root)).toBe(true);
});

it.each([
  'client/app/page.tsx',
  'client/app/new.css',
  'package-lock.json',
  'prisma/schema.prisma',
  'prisma/migrations/2026_init/migration.sql',
  'schema.graphql',
  'client/api/generated/graphql.ts',
  'server/generated/prisma/client.ts',
  'dist/client/index.html',
  'dist/database/snapshot.tar.gz',
])('is stale after a change of %s', async (name) => {
  recordBuild(root, digestInputs(root));
  await write(name, 'two');
  expect(isBuilt(root)).toBe(false);
});

it('is stale after its output is deleted', async () => {
  recordBuild(root, digestInputs(root));
  await rm(path.join(root, 'dist/client'), { recursive: true });
  expect(isBuilt(root)).toBe(false);
});

it('is stale where a source changed during the build', async () => {
  const before = digestInputs(root);
  await write('client/app/page.tsx', 'two');
  recordBuild(root, before);
  expect(isBuilt(root)).toBe(false);
});

it('stays built after a change of a test or of the server', async () => {
  recordBuild(root, digestInputs(root));
  await write('client/app/page.test.tsx', 'two');
  await write('server/main.ts', 'two');
  expect(isBuilt(root)).toBe(true);
});
