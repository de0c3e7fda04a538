import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** The packages that a module and the modules it imports load with it: neither types nor dynamic imports. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = readFileSync(path.join(root, file), 'utf8');
  for (const [, name] of code.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;]*?\sfrom\s)?'([^']+)'/gm))
    if (name!.startsWith('.')) loadedWith(path.posix.join(path.posix.dirname(file), name!), seen);
    else seen.add(name!);
  return seen;
}

it.each(['server/process.ts', 'sandbox/sandbox.ts'])('%s loads no large package before its use', (file) => {
  const loaded = loadedWith(file);
  expect(loaded).toContain('zod');
  for (const name of ['@aws-sdk/client-s3', '@google/genai', '@graphql-yoga/render-graphiql', 'sharp'])
    expect(loaded).not.toContain(name);
  expect([...loaded].filter((name) => name.startsWith('@opentelemetry/'))).toEqual([]);
});

it('server/main.ts loads nothing before the compile cache is on', () => {
  expect([...loadedWith('server/main.ts')]).toEqual([
    'server/main.ts',
    'node:module',
    'node:path',
    'node:v8',
    'node:vm',
  ]);
});
