/** Prints the API to schema.graphql and docs/api/reference.md; with --check, fails where one of them is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../server/schema.ts';
import { renderReference } from './reference.ts';

const sorted = lexicographicSortSchema(schema);
const files = {
  'schema.graphql': `${printSchema(sorted)}\n`,
  'docs/api/reference.md': renderReference(sorted),
};

for (const [name, printed] of Object.entries(files)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, printed);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
    console.error(`${name} is stale. Run: npm run schema`);
    process.exitCode = 1;
  }
}
