import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { providerNames } from '../server/models/catalogue.ts';

const lines = async (name: string) =>
  (await readFile(path.join(import.meta.dirname, '..', name), 'utf8'))
    .split('\n')
    .map((line) => line.replace(/\/$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));

it('keeps everything that git ignores out of container images, secrets in .env first of all', async () => {
  const excluded = new Set(await lines('.dockerignore'));
  expect((await lines('.gitignore')).filter((line) => !excluded.has(line))).toEqual([]);
});

it.each(providerNames)('has the conformance tests of %s', async (name) => {
  expect(await lines(`server/providers/${name}.test.ts`)).toContain(`describeProvider('${name}', {`);
});
