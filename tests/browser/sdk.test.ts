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
  await openPage({ bypassCSP: true });
  await page.route('**/packages/**', async (route) => {
    const [, file] = new URL(route.request().url()).pathname.split('/packages/');
    await route.fulfill({
      contentType: 'text/javascript',
      body: await readFile(path.join(root, file!), 'utf8'),
    });
  });
  // A page from the server itself: Chromium lets no page of another source connect to loopback.
  await page.goto(`${app.url}/healthz`);
  await page.setContent(`<script type="importmap">${JSON.stringify(importMap)}</script>`);
});

it('generates, follows the task to SUCCESS and reads the image', async () => {
  const { token } = await signUp(app.url);
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  // As text, because the test runner would rewrite the import.
  const { versions, ...result } = await page.evaluate<{ versions: number[] }>(`(async () => {
    const { createClient } = await import('@proofsheet/sdk');
    const client = createClient({ url: location.origin, token: '${token}' });
    const task = await client.generate({ model: 'black-forest-labs/flux-schnell', prompt: 'A kite sandbox:plain' });
    const versions = [];
    for await (const { version } of task) versions.push(version);
    const { status, images } = task.current;
    const bytes = await client.download(images[0]);
    return { status, versions, isWhole: bytes.length === images[0].byteSize };
  })()`);
  expect(result).toEqual({ status: 'SUCCESS', isWhole: true });
  expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other));
  expect(sockets).toEqual([`${app.url.replace('http', 'ws')}/graphql`]);
});
