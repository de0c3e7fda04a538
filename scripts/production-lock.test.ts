import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Lock, type Manifest, productionLock } from './production-lock.ts';

const root = path.join(import.meta.dirname, '..');
const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const manifest = readJson('package.json') as Manifest;

describe('productionLock', () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': {},
      'node_modules/a': {
        dependencies: { b: '1' },
        peerDependencies: { peer: '1', tool: '1' },
        peerDependenciesMeta: { tool: { optional: true } },
        optionalDependencies: { native: '1', absent: '1' },
      },
      'node_modules/a/node_modules/b': { version: '1', dependencies: { c: '1' } },
      'node_modules/b': { version: '2', dev: true },
      'node_modules/c': { version: '1' },
      'node_modules/native': { version: '1', devOptional: true },
      'node_modules/peer': { version: '1' },
      'node_modules/tool': { version: '1', devOptional: true },
    },
  };
  const locked = (dependencies: Record<string, string>) =>
    productionLock({ name: 'product', version: '1', dependencies }, lock);

  it('has what the dependencies need, at the locked places', () => {
    expect(Object.keys(locked({ a: '1' }).packages)).toEqual([
      '',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
      'node_modules/native',
      'node_modules/peer',
    ]);
  });

  it('lets npm skip an optional package of another system', () => {
    expect(locked({ a: '1' }).packages['node_modules/native']).toEqual({ version: '1', optional: true });
  });

  it('refuses a dependency that is not locked', () => {
    expect(() => locked({ d: '1' })).toThrow('d is not in package-lock.json');
  });
});

describe("the release's packages", () => {
  const packages = Object.keys(productionLock(manifest, readJson('package-lock.json') as Lock).packages);

  it('are those that the server and the sandbox import', () => {
    const files = globSync('{server,sandbox}/**/*.ts', { cwd: root }).filter(
      (file) => !file.endsWith('.test.ts'),
    );
    const imported = files.flatMap((file) => {
      const code = readFileSync(path.join(root, file), 'utf8');
      const names = [
        ...code.matchAll(/(?<![.\w])(?:from|import)\s*\(?\s*['"]((?:@[\w-]+\/)?[\w-]+)[^'":]*['"]/g),
      ];
      return names.map(([, name]) => name!);
    });
    const external = new Set(imported.filter((name) => !builtinModules.includes(name)));
    expect([...external].filter((name) => !manifest.dependencies[name])).toEqual([]);
    expect(Object.keys(manifest.dependencies).filter((name) => !external.has(name))).toEqual([]);
  });

  it('are few, and none builds or tests', () => {
    expect(packages.length).toBeLessThan(250);
    for (const name of ['prisma', 'vite', 'vitest', 'typescript', 'solid-js', '@graphql-codegen/cli'])
      expect(packages).not.toContain(`node_modules/${name}`);
  });
});
