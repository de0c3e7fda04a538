/** Builds the web client into `dist/client`. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { digestInputs, recordBuild } from './build-digest.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Vite reads `#` and `?` in a path as the start of a fragment or query, so it gets a link without them. */
async function withPlainPath(work: (projectRoot: string) => Promise<void>): Promise<void> {
  if (!/[#?]/.test(root)) return work(root);
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-build-'));
  const link = path.join(folder, 'project');
  try {
    await symlink(root, link, 'junction');
    await work(link);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const inputDigest = digestInputs(root);
await withPlainPath(async (projectRoot) => {
  await build({
    // Node runs the configuration as it is.
    configLoader: 'native',
    configFile: path.join(root, 'client/vite.config.ts'),
    root: path.join(projectRoot, 'client'),
    resolve: { preserveSymlinks: projectRoot !== root },
    logLevel: 'warn',
  });
});
recordBuild(root, inputDigest);
