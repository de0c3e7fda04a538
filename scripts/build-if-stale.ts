/** Builds what `npm start` serves, unless the last build is of these sources. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isBuilt } from './build-digest.ts';

const root = path.resolve(import.meta.dirname, '..');
if (!isBuilt(root)) build();

function build(): void {
  if (!existsSync(path.join(root, 'node_modules/vite'))) {
    console.error(
      'These sources are not built, and the packages that build them are not installed. Run `npm ci --include=dev`, ' +
        'or start a release: the folder dist/release of a tree in which `npm run build` ran.',
    );
    process.exit(1);
  }
  process.exitCode = spawnSync('npm run build', { cwd: root, shell: true, stdio: 'inherit' }).status ?? 1;
}
