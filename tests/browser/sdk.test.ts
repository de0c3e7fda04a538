/** The built SDK in a page of the server's origin, without a bundler. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { signUp } from '../support/api.ts';
import { app, openPage, page, useApp } from './fixture.ts';

useApp({ SIGNUP_CREDITS: '40' });

const root = path.join(import.meta.dirname, '../..');
const importMap = {
  imports: {
    '@proofsheet/sdk': '/packages/sdk/dist/client.js',
    'graphql-ws/client': '/packages/node_modules/graphql-ws/dist/client.js',
  },
};

beforeEach(async () => {
  await openPage();
  await page.route('**/packages/**', async (route) => {
    const [, file] = new URL(route.request().url()).pathname.split('/packages/');
    await route.fulfill({
      contentType: 'text/javascript',
      body: await readFile(path.join(root, file!), 'utf8'),
    });
  });
  await page.route('**/page-with-sdk', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<script type="importmap">${JSON.stringify(importMap)}</script><link rel="icon" href="data:,">`,
    }),
  );
  await page.goto(`${app.url}/page-with-sdk`);
});

/** Runs a module with `createClient` in the page; resolves to what it exports by `done`. */
function run(module: string): Promise<unknown> {
  return page.evaluate(
    (text) =>
      new Promise((resolve, reject) => {
        Object.assign(window, { done: resolve, fail: reject });
        const script = document.createElement('script');
        script.type = 'module';
        script.textContent = text;
        document.head.append(script);
      }),
    `import { createClient } from '@proofsheet/sdk';
     (async () => { ${module} })().then(window.done, window.fail);`,
  );
}

it('generates, follows the task to SUCCESS and reads the image', async () => {
  const { token } = await signUp(app.url);
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  const result = await run(`
    const client = createClient({ url: location.origin, token: ${JSON.stringify(token)} });
    const task = await client.generate({ model: 'black-forest-labs/flux-schnell', prompt: 'A kite sandbox:plain' });
    const versions = [];
    for await (const { version } of task) versions.push(version);
    const { status, images } = task.current;
    const bytes = await client.download(images[0]);
    return { status, versions, byteSize: bytes.length === images[0].byteSize };
  `);
  expect(result).toMatchObject({ status: 'SUCCESS', byteSize: true });
  const { versions } = result as { versions: number[] };
  expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other));
  expect(sockets).toEqual([`${app.url.replace('http', 'ws')}/graphql`]);
});
