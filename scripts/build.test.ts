import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

it('builds the client in a folder with # and ? in its path', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet #1?'));
  try {
    for (const name of ['client', 'scripts', 'package.json'])
      await cp(path.join(root, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const build = spawn(process.execPath, [path.join(folder, 'scripts/build.ts')], { stdio: 'inherit' });
    expect(await once(build, 'exit')).toEqual([0, null]);
    expect(await readFile(path.join(folder, 'dist/client/index.html'), 'utf8')).toContain('<script');
  } finally {
    await rm(folder, { recursive: true });
  }
});
