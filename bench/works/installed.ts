/** What is installed: MB and packages, all and those of the release that `npm run build` writes, by their lock files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/process.ts';
import type { Row } from '../harness/verdict.ts';

interface Lock {
  packages: Record<string, { link?: boolean }>;
}

/** Bytes of the files in a folder, without the packages inside it. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(file);
    else if (entry.isFile()) bytes += statSync(file).blocks * 512;
  }
  return bytes;
}

/** Each package that is installed here, with its bytes on disk. */
function installedPackages(lockFile: string) {
  const { packages } = JSON.parse(readFileSync(path.join(root, lockFile), 'utf8')) as Lock;
  return Object.entries(packages).flatMap(([folder, { link }]) => {
    if (!folder.startsWith('node_modules/') || link) return [];
    const isThere = statSync(path.join(root, folder), { throwIfNoEntry: false });
    if (!isThere) return []; // For another system.
    return [{ bytes: bytesIn(path.join(root, folder)) }];
  });
}

export async function measureInstalled(): Promise<Row[]> {
  const all = installedPackages('package-lock.json');
  const production = installedPackages('dist/release/package-lock.json');
  const megabytes = (list: typeof all) => list.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const row = (measure: string, value: number, goal?: number): Row => ({
    work: 'installed',
    measure,
    subject: 'Proofsheet',
    values: [value],
    ...(goal !== undefined && { goal: { bound: 'max', value: goal } }),
  });
  return [
    row('MB of all packages', megabytes(all), 700),
    row('packages', all.length),
    row('MB of the production packages', megabytes(production), 300),
    row('production packages', production.length, 250),
  ];
}
