/** Checks the imports of the client, the server, the sandbox and the SDK against `imports.config.ts`, and reports modules of the client that nothing imports. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { areas, packages } from '../imports.config.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Modules of the client that no other module imports. */
const entries = ['client/main.tsx', 'client/offline/service-worker.ts', 'client/vite.config.ts'];
const problems: string[] = [];

/** The names of an area, in the order of its rows. */
const namesOf = (area: string) => Object.keys(areas[area] ?? {}).flatMap((row) => row.split(' '));

const areaOf = (file: string) => file.split('/')[0] ?? '';
const isTest = (file: string) => /\.test\.tsx?$|\/testing\//.test(file);
const isGenerated = (file: string) => file.includes('/generated/');

/** The name of a file in the table: the file itself, or its folder. */
function nameOf(file: string): string | undefined {
  const inside = file.slice(areaOf(file).length + 1);
  const folder = inside.startsWith('generated/') ? 'generated' : path.posix.dirname(inside);
  return [inside, folder].find((name) => namesOf(areaOf(file)).includes(name));
}

/** Static, dynamic and type imports of a module: paths from the root of the project, or names of packages. */
function importsOf(file: string): string[] {
  const code = readFileSync(path.join(root, file), 'utf8');
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) =>
    name!.startsWith('.') ? path.posix.join(path.posix.dirname(file), name!) : name!,
  );
}

/** The names of an area with what they may import. Reports a name without files, and an import that is not above it. */
function readRows(area: string, files: readonly string[]): Map<string, ReadonlySet<string>> {
  const used = new Set(files.map(nameOf));
  const above = new Set(Object.keys(areas).map((other) => `/${other}`));
  const allowed = new Map<string, ReadonlySet<string>>();
  for (const [row, text] of Object.entries(areas[area] ?? {})) {
    const imported = text.split(' ').filter(Boolean);
    const wrong = imported.find((name) => name !== '*' && !above.has(name));
    if (wrong)
      problems.push(`imports.config.ts: ${area}/${row} may import ${wrong}, which is in no row above it`);
    const every = imported.includes('*') ? [...above].filter((name) => !name.startsWith('/')) : [];
    const names = row.split(' ');
    for (const name of names) {
      if (!used.has(name)) problems.push(`imports.config.ts: ${area}/${name} has no files`);
      allowed.set(name, new Set([name, ...imported, ...every]));
    }
    for (const name of names) above.add(name);
  }
  return allowed;
}

/** Why a module may not import a target; undefined if it may. */
function violation(
  file: string,
  target: string,
  allowed: Map<string, ReadonlySet<string>>,
): string | undefined {
  const area = areaOf(file);
  const name = nameOf(file);
  if (target.startsWith('tests/') && !isTest(file)) return 'only tests import test support';
  if (!Object.hasOwn(areas, areaOf(target))) {
    const [only] = Object.entries(packages).find(([, pattern]) => pattern.test(target)) ?? [];
    return only === undefined || only.split(' ').includes(`${area}/${name}`) || isTest(file)
      ? undefined
      : `only ${only} may import this package`;
  }
  const isOwn = areaOf(target) === area;
  const wanted = isOwn ? nameOf(target) : `/${areaOf(target)}`;
  if (isTest(file))
    return isOwn || [...allowed.values()].some((names) => names.has(wanted ?? ''))
      ? undefined
      : `tests of ${area} may not import ${wanted}`;
  if (isTest(target)) return 'only tests import tests';
  return allowed.get(name ?? '')?.has(wanted ?? '') ? undefined : `${area}/${name} may not import ${wanted}`;
}

for (const area of Object.keys(areas)) {
  const files = globSync(`${area}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/dist', '**/node_modules'] }).map(
    (file) => file.replaceAll('\\', '/'),
  );
  const modules = files.filter((file) => !isTest(file));
  const allowed = readRows(area, modules);
  for (const folder of new Set(
    modules.filter((file) => !nameOf(file)).map((file) => path.posix.dirname(file)),
  ))
    problems.push(`imports.config.ts: there is no row for ${folder}`);
  for (const file of files.filter((file) => !isGenerated(file)))
    for (const target of importsOf(file)) {
      const reason = violation(file, target, allowed);
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
