/** The folders of the client and the arrows between them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

/** What each folder may import, types included; each folder lists only folders above it, so there are no cycles. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  i18n: [],
  ui: ['i18n'],
  api: ['i18n'],
  auth: ['i18n', 'ui', 'api'],
  account: ['i18n', 'ui', 'api', 'auth'],
  gallery: ['i18n', 'ui', 'api'],
  generate: ['i18n', 'ui', 'api', 'auth', 'account', 'gallery'],
  feed: ['i18n', 'ui', 'api', 'gallery', 'generate'],
  history: ['i18n', 'ui', 'api', 'gallery', 'generate', 'feed'],
  live: ['i18n', 'ui', 'api', 'account', 'gallery', 'feed'],
  app: ['i18n', 'ui', 'api', 'auth', 'account', 'gallery', 'generate', 'feed', 'history', 'live'],
  // Build plugins: the list of routes is theirs to write down.
  build: ['app'],
};

/** Not part of a feature: they may import every folder, and no folder imports them. */
const unchecked = new Set(['testing', 'public']);

interface Import {
  from: string;
  to: string;
  text: string;
}

const folderOf = (file: string) => file.split('/')[0] ?? '';

/** Static, dynamic and type imports of a source file that lead to another file of the client. */
async function importsOf(file: string): Promise<Import[]> {
  const code = await readFile(path.join(import.meta.dirname, file), 'utf8');
  return [...code.matchAll(/(?:from\s+|import\s+|import\(\s*)'(\.{1,2}\/[^']+)'/g)].map(([, specifier]) => {
    const target = path.posix.join(path.posix.dirname(file), specifier!);
    return { from: folderOf(file), to: folderOf(target), text: `${file} imports ${target}` };
  });
}

describe('the folders of the client', () => {
  let folders: string[];
  let imports: Import[];
  beforeAll(async () => {
    const entries = await readdir(import.meta.dirname, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => path.relative(import.meta.dirname, path.join(entry.parentPath, entry.name)))
      .map((file) => file.split(path.sep).join('/'))
      .filter((file) => file.includes('/') && !unchecked.has(folderOf(file)));
    folders = entries
      .filter((entry) => entry.isDirectory() && entry.parentPath === import.meta.dirname)
      .map((entry) => entry.name)
      .filter((name) => !unchecked.has(name));
    imports = (await Promise.all(files.map(importsOf))).flat();
    expect(imports.length).toBeGreaterThan(0);
  });

  it('are all in the table', () => {
    expect(folders.toSorted()).toEqual(Object.keys(allowedImports).toSorted());
  });

  it('import only what the table allows', () => {
    const forbidden = imports.filter(({ from, to }) => from !== to && !allowedImports[from]?.includes(to));
    expect(forbidden.map(({ text }) => text)).toEqual([]);
  });

  it('have no cycles', () => {
    const known = new Set<string>();
    for (const [folder, allowed] of Object.entries(allowedImports)) {
      expect([folder, allowed.filter((other) => !known.has(other))]).toEqual([folder, []]);
      known.add(folder);
    }
  });
});
