/** What is installed: MB and packages, all and those of the release that `npm run build` writes, by their lock files. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/process.ts';
import { atMost, productRow, type Row } from '../harness/verdict.ts';

/** Bytes on disk of the files of a package, without the packages inside it. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(file);
    return entry.isFile() ? sum + statSync(file).blocks * 512 : sum;
  }, 0);
}

/** The bytes of each package of a lock file that is installed here. */
function packageBytes(lockFile: string): number[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, lockFile), 'utf8')) as {
    packages: Record<string, { link?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([folder, { link }]) => folder.startsWith('node_modules/') && !link)
    .map(([folder]) => path.join(root, folder))
    .filter((folder) => existsSync(folder)) // Others are for another system.
    .map(bytesIn);
}

export async function measureInstalled(): Promise<Row[]> {
  const [all, production] = [
    packageBytes('package-lock.json'),
    packageBytes('dist/release/package-lock.json'),
  ];
  const megabytes = (bytes: number[]) => bytes.reduce((sum, each) => sum + each, 0) / 1e6;
  const row = (measure: string, value: number, most?: number) =>
    productRow('installed', measure, [value], most === undefined ? {} : { goal: atMost(most) });
  return [
    row('MB of all packages', megabytes(all), 700),
    row('packages', all.length),
    row('MB of the production packages', megabytes(production), 300),
    row('production packages', production.length, 250),
  ];
}
