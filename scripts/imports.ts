/** Checks the imports of the client, the server, the sandbox and the SDK against `imports.config.ts`, and reports modules of the client that nothing imports. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { areas, packages } from '../imports.config.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Modules of the client that no other module imports. */
const entries = ['client/main.tsx', 'client/vite.config.ts'];
const problems: string[] = [];

const areaOf = (file: string) => file.split('/')[0] ?? '';
const isTest = (file: string) => /\.test\.tsx?$|\/testing\//.test(file);
const isGenerated = (file: string) => file.includes('/generated/');

/** The row of a file: the file itself, or its folder. */
function rowOf(file: string): string | undefined {
  const inside = file.slice(areaOf(file).length + 1);
  const folder = inside.startsWith('generated/') ? 'generated' : path.posix.dirname(inside);
  return [inside, folder].find((row) => Object.hasOwn(areas[areaOf(file)] ?? {}, row));
}

/** Static, dynamic and type imports of a module: paths from the root of the project, or names of packages. */
function importsOf(file: string): string[] {
  const code = readFileSync(path.join(root, file), 'utf8');
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) =>
    name!.startsWith('.') ? path.posix.join(path.posix.dirname(file), name!) : name!,
  );
}

/** The rows of an area with what they may import. Reports a row without files, and one that names no row above it. */
function readRows(area: string, files: readonly string[]): Map<string, ReadonlySet<string>> {
  const used = new Set(files.map(rowOf));
  const above = new Set(Object.keys(areas).map((other) => `/${other}`));
  const rows = new Map<string, ReadonlySet<string>>();
  for (const [row, text] of Object.entries(areas[area] ?? {})) {
    const names = text.split(' ').filter(Boolean);
    const wrong = names.find((name) => name !== '*' && !above.has(name));
    if (wrong) problems.push(`imports.config.ts: ${area}/${row} names ${wrong}, which is no row above it`);
    if (!used.has(row)) problems.push(`imports.config.ts: ${area}/${row} has no files`);
    const everyRow = names.includes('*') ? [...above].filter((name) => !name.startsWith('/')) : [];
    rows.set(row, new Set([row, ...names, ...everyRow]));
    above.add(row);
  }
  return rows;
}

/** Why a module may not import a target; undefined if it may. */
function violation(file: string, target: string, rows: Map<string, ReadonlySet<string>>): string | undefined {
  const area = areaOf(file);
  const row = rowOf(file);
  if (target.startsWith('tests/') && !isTest(file)) return 'only tests import test support';
  if (!Object.hasOwn(areas, areaOf(target))) {
    const [only] = Object.entries(packages).find(([, name]) => name.test(target)) ?? [];
    return only === undefined || only.split(' ').includes(`${area}/${row}`) || isTest(file)
      ? undefined
      : `only ${only} may import this package`;
  }
  const isOwn = areaOf(target) === area;
  const wanted = isOwn ? rowOf(target) : `/${areaOf(target)}`;
  if (isTest(file))
    return isOwn || [...rows.values()].some((allowed) => allowed.has(wanted ?? ''))
      ? undefined
      : `tests of ${area} may not import ${wanted}`;
  if (isTest(target)) return 'only tests import tests';
  return rows.get(row ?? '')?.has(wanted ?? '') ? undefined : `${area}/${row} may not import ${wanted}`;
}

for (const area of Object.keys(areas)) {
  const files = globSync(`${area}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/dist'] }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const modules = files.filter((file) => !isTest(file));
  const rows = readRows(area, modules);
  for (const folder of new Set(
    modules.filter((file) => !rowOf(file)).map((file) => path.posix.dirname(file)),
  ))
    problems.push(`imports.config.ts: there is no row for ${folder}`);
  for (const file of files.filter((file) => !isGenerated(file)))
    for (const target of importsOf(file)) {
      const reason = violation(file, target, rows);
      if (reason) problems.push(`${file} imports ${target}: ${reason}`);
    }
  if (area !== 'client') continue;
  const used = new Set([...entries, ...modules.flatMap(importsOf)]);
  for (const file of modules)
    if (!used.has(file) && !isGenerated(file)) problems.push(`${file}: no module imports it`);
}

if (problems.length > 0) {
  console.error(problems.toSorted().join('\n'));
  process.exitCode = 1;
}
