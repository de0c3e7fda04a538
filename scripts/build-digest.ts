/** Tells whether the output of the last build belongs to the present sources. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const inputs = [
  'client/**',
  'prisma/**',
  'schema.graphql',
  'sdk/src/operations.ts',
  '{codegen,prisma.config}.ts',
  'scripts/build.ts',
  'package{,-lock}.json',
  'tsconfig.json',
];
const isNoInput = /^client\/api\/generated\/|\.test\.tsx?$/;
const outputs = [
  'dist/{client,database}/**',
  'client/api/generated/**',
  'sdk/src/generated/**',
  'server/generated/**',
];
const recordFile = 'dist/build-digest';

/** Of the names and contents of all files that `patterns` match in `root`, except those that match `ignored`. */
function digest(root: string, patterns: readonly string[], ignored?: RegExp): string {
  const hash = createHash('sha256');
  const names = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => !ignored?.test(name));
  for (const name of names.toSorted()) hash.update(`${name}\0`).update(readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

export const digestInputs = (root: string): string => digest(root, inputs, isNoInput);

/** Records that the present output was built from the inputs with this digest. */
export function recordBuild(root: string, inputDigest: string): void {
  writeFileSync(path.join(root, recordFile), `${inputDigest} ${digest(root, outputs)}\n`);
}

/** False where inputs or output changed since `recordBuild`, or there was no build. */
export function isBuilt(root: string): boolean {
  const record = path.join(root, recordFile);
  if (!existsSync(record)) return false;
  return readFileSync(record, 'utf8') === `${digestInputs(root)} ${digest(root, outputs)}\n`;
}
