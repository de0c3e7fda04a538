import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { errorCodes } from '../server/lib/errors.ts';
import { failureCodes } from '../server/lib/failures.ts';

const root = path.join(import.meta.dirname, '..');
const pages = globSync('{*.md,{docs,sandbox}/**/*.md}', { cwd: root });
const read = (page: string) => readFile(path.join(root, page), 'utf8');

it.each([
  ['ErrorCode', errorCodes],
  ['FailureCode', failureCodes],
])('says what every %s means and what to do', async (name, codes) => {
  expect(await read('docs/api/errors.md')).toContain(`(reference.md#${name.toLowerCase()})`);
  const sections = (await read('docs/api/reference.md')).split(/^### /m);
  const section = sections.find((text) => text.startsWith(`${name}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| \w.+\. [A-Z].+\. \|$/gm)];
  expect(rows.map(([, code]) => code).toSorted()).toEqual(codes.toSorted());
});

it('has no broken link between the pages of the project', async () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, link = ''] of (await read(page)).matchAll(/\]\((?!https?:|mailto:|#)([^)\s]+)\)/g)) {
      const [file = '', anchor] = link.split('#');
      const target = path.join(path.dirname(page), file);
      const isThere = existsSync(path.join(root, target));
      if (!isThere || (anchor !== undefined && !headings(await read(target)).includes(anchor)))
        broken.push(`${page}: ${link}`);
    }
  }
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

/** The anchors of a page's headings, as GitHub names them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
