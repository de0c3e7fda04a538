/** Every code block of docs/api and of the SDK's page runs, or says why not; `support/documentation.ts` says how. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { runPage } from './support/documentation.ts';
import { reusablePort } from './support/reusable-port.ts';
import { startWithOperator } from './support/operators.ts';
import { type TestApp } from './support/start-app.ts';

const root = path.join(import.meta.dirname, '..');
const names = (await readdir(path.join(root, 'docs/api'))).filter((name) => name.endsWith('.md'));
const pages = [...names.map((name) => `docs/api/${name}`), 'sdk/README.md'];
/** Where a page listens for webhooks. */
const receiver = `http://127.0.0.1:${await reusablePort()}`;
let app: TestApp;
let adminKey: string;

beforeAll(async () => {
  let operator;
  ({ app, operator } = await startWithOperator({ WEBHOOK_ORIGINS: receiver }));
  adminKey = (await createKey(operator, { scopes: ['ADMIN'] })).secret;
});
afterAll(() => app?.remove());

/** Runs a page with an account and a key of its own. */
async function run(page: string) {
  const user = await signUp(app.url);
  const { createApiKey } = await user.ask<{ createApiKey: { secret: string } }>(
    'mutation { createApiKey(input: { name: "Documentation" }) { secret } }',
  );
  const withOwnAddress = page.replaceAll('you@example.com', `${randomUUID()}@example.com`);
  return runPage(withOwnAddress, {
    PROOFSHEET_URL: app.url,
    PROOFSHEET_KEY: createApiKey.secret,
    PROOFSHEET_ADMIN_KEY: adminKey,
    WEBHOOK_URL: `${receiver}/webhooks`,
  });
}

it.concurrent.each(pages)('runs the blocks of %s', async (page) => {
  const { checked, notRun } = await run(await readFile(path.join(root, page), 'utf8'));
  console.log(`${page}: ${checked} blocks${notRun.map((reason) => `; not run: ${reason}`).join('')}`);
});

it.concurrent('runs the first three pages in order with one account and one key', async () => {
  const first = ['getting-started', 'typescript', 'python'];
  const texts = first.map((name) => readFile(path.join(root, `docs/api/${name}.md`), 'utf8'));
  expect((await run((await Promise.all(texts)).join('\n'))).checked).toBeGreaterThan(20);
});

const block = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\`\n\n`;

describe.concurrent('a page', () => {
  it('runs operations with variables, programs, and what they print', async () => {
    const page = [
      block('sh', 'scene=TEXT_TO_IMAGE'),
      block('graphql', 'query ($scene: Scene) { models(scene: $scene) { name } }'),
      block('json', '{ "scene": "$scene" }'),
      block('json output', '{ "data": { "models": [{ "name": "a model" }] } }'),
      block('graphql', 'type Model { name: String! }'),
      block('python', '# numbers.py\nprint(1)'),
      block('sh', 'python3 numbers.py'),
      block('text output', '23'),
      block('ts', 'const two: number = 2;\nconsole.log(`${two} and more`);'),
      block('text output', '1 …'),
      '<!-- not run: needs a network -->\n\n',
      block('sh', 'false'),
    ];
    expect(await run(page.join(''))).toEqual({ checked: 10, notRun: ['needs a network'] });
  });

  it.each([
    ['a command that fails', block('sh', 'true') + block('sh', 'echo reason >&2\nfalse'), /Line 5:\nreason/],
    ['other output', block('sh', 'echo one') + block('text output', 'two'), /Line 5/],
    ['other keys', block('sh', 'echo "{}"') + block('json output', '{ "a": 1 }'), /Line 5/],
    [
      'an operation that is refused',
      block('graphql', 'mutation { deleteTask(id: "x") { deletedId } }'),
      /Line 1/,
    ],
    ['a program that no block runs', block('ts', '// unused.mts\nconsole.log(1);'), /unused\.mts/],
    ['a block that says nothing', block('yaml', 'a: 1'), /Line 1: a block of yaml/],
    ['a block in a list', '- first\n\n  ```sh\n  false\n  ```\n', /indented/],
  ])('fails for %s', async (_, page, message) => {
    await expect(run(page)).rejects.toThrow(message);
  });
});
